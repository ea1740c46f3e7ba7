// SPDX-License-Identifier: GPL-2.0
/*
 * The last records, numbered: as many as the ring may hold in number and in
 * memory, oldest first out.
 *
 * A record is kept as the attribute that is sent, so that a listener and a
 * reader of the ring get the same bytes.
 *
 * Commands that are refused have a lane of their own, as anybody can have them
 * recorded: they push out each other, and no record of anything else.
 */
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/mm.h>

#include "netlink.h"
#include "ring.h"

static unsigned int ring = 8192;
module_param(ring, uint, 0444);
MODULE_PARM_DESC(ring, "records that are kept for listeners that fell behind");

static unsigned int ring_kib = 16384;
module_param(ring_kib, uint, 0444);
MODULE_PARM_DESC(ring_kib, "memory that they take at most, in KiB");

guid_t fim_boot_id;

struct record {
	u64 seq;
	unsigned int len;
	u8 data[];
};

/**
 * struct lane - records in the order of their numbers; under fim_ring_lock
 * @records: they, each at its place modulo @size
 * @size: how many it holds at most
 * @bytes_max: what they may take
 * @bytes: what they take
 * @first: place of the oldest
 * @next: place of the one that comes next; @first if there is none
 * @dropped: number of the last record that was dropped, 0 if none was
 */
struct lane {
	struct record **records;
	unsigned int size;
	u64 bytes_max;
	u64 bytes;
	u64 first;
	u64 next;
	u64 dropped;
};

/* What part of the ring refused commands may take */
#define DENIED_SHARE	8

/* Protects all that follows, and keeps the notifications in order. */
static DEFINE_MUTEX(fim_ring_lock);
static struct lane fim_lanes[2];	/* the second is for refused commands */
static u64 fim_ring_last;	/* number of the newest record */
static u64 fim_ring_total;	/* operations that all of them told */

static struct record *record_at(const struct lane *lane, u64 place)
{
	return lane->records[place % lane->size];
}

static void drop_oldest(struct lane *lane)
{
	struct record *record = record_at(lane, lane->first++);

	lane->bytes -= record->len;
	lane->dropped = record->seq;
	kvfree(record);
}

static void keep(struct lane *lane, struct record *record)
{
	lockdep_assert_held(&fim_ring_lock);

	while (lane->first < lane->next &&
	       (lane->next - lane->first == lane->size ||
		lane->bytes + record->len > lane->bytes_max))
		drop_oldest(lane);
	lane->records[lane->next++ % lane->size] = record;
	lane->bytes += record->len;
}

/**
 * fim_ring_add() - number a record, keep it, and send it to listeners
 * @skb: holds the record, one attribute; stays the caller's
 * @blanks: what in @skb is to be filled in
 * @operations: that the record tells
 * @denied: it is about a command that was refused
 *
 * Context: process; may sleep.
 * Return: 0, or -ENOMEM: then it has no number, and nobody hears of it.
 */
int fim_ring_add(struct sk_buff *skb, const struct fim_blanks *blanks,
		 u64 operations, bool denied)
{
	struct record *record;

	record = kvmalloc(struct_size(record, data, skb->len),
			  GFP_KERNEL | __GFP_NOWARN);
	if (!record)
		return -ENOMEM;

	mutex_lock(&fim_ring_lock);
	record->seq = ++fim_ring_last;
	fim_ring_total += operations;
	memcpy(blanks->seq, &fim_ring_last, sizeof(fim_ring_last));
	memcpy(blanks->total, &fim_ring_total, sizeof(fim_ring_total));
	record->len = skb->len;
	memcpy(record->data, skb->data, skb->len);
	keep(&fim_lanes[denied], record);
	fim_netlink_notify(record->data, record->len);
	mutex_unlock(&fim_ring_lock);
	return 0;
}

/* The first record of a lane that has that number or a later one, or NULL. */
static struct record *find_since(const struct lane *lane, u64 since)
{
	u64 low = lane->first, high = lane->next, middle;

	lockdep_assert_held(&fim_ring_lock);

	while (low < high) {
		middle = low + (high - low) / 2;
		if (record_at(lane, middle)->seq < since)
			low = middle + 1;
		else
			high = middle;
	}
	return low < lane->next ? record_at(lane, low) : NULL;
}

/**
 * fim_ring_read() - copy a record
 * @since: number of the first that is wanted
 * @skb: where to append it
 * @seq: number of the record that was copied
 *
 * Return: 0, -ENOENT if there is none with that number or a later one,
 * -EMSGSIZE if @skb has no room for it.
 */
int fim_ring_read(u64 since, struct sk_buff *skb, u64 *seq)
{
	struct record *record, *denied;
	int err = -ENOENT;

	mutex_lock(&fim_ring_lock);
	record = find_since(&fim_lanes[0], since);
	denied = find_since(&fim_lanes[1], since);
	if (!record || (denied && denied->seq < record->seq))
		record = denied;
	if (record) {
		err = -EMSGSIZE;
		if (skb_tailroom(skb) >= record->len) {
			skb_put_data(skb, record->data, record->len);
			*seq = record->seq;
			err = 0;
		}
	}
	mutex_unlock(&fim_ring_lock);
	return err;
}

/**
 * fim_ring_range() - what the ring holds
 * @first: number of the record from which on it holds all, 0 if there is none
 * @last: number of the newest record, 0 if there is none
 * @size: how many it holds at most
 */
void fim_ring_range(u64 *first, u64 *last, u32 *size)
{
	mutex_lock(&fim_ring_lock);
	*last = fim_ring_last;
	*first = max(fim_lanes[0].dropped, fim_lanes[1].dropped) + 1;
	if (*first > *last)
		*first = 0;
	mutex_unlock(&fim_ring_lock);
	*size = ring;
}

static int make_lane(struct lane *lane, unsigned int size, u64 bytes_max)
{
	lane->size = size;
	lane->bytes_max = bytes_max;
	lane->records = kvcalloc(size, sizeof(*lane->records), GFP_KERNEL);
	return lane->records ? 0 : -ENOMEM;
}

static void free_lane(struct lane *lane)
{
	while (lane->first < lane->next)
		drop_oldest(lane);
	kvfree(lane->records);
}

/**
 * fim_ring_init() - make the ring
 *
 * Return: 0 or -ENOMEM, or -EINVAL for a parameter out of range.
 */
int fim_ring_init(void)
{
	u64 bytes = (u64)ring_kib * 1024, denied = bytes / DENIED_SHARE;
	unsigned int nr_denied = ring / DENIED_SHARE;
	int err;

	/* A record alone takes some 30 KiB at most. */
	if (ring < DENIED_SHARE || ring > 1 << 20 || ring_kib < 64)
		return -EINVAL;
	guid_gen(&fim_boot_id);
	err = make_lane(&fim_lanes[0], ring - nr_denied, bytes - denied) ?:
	      make_lane(&fim_lanes[1], nr_denied, denied);
	if (err)
		fim_ring_exit();
	return err;
}

/**
 * fim_ring_exit() - free the ring and the records in it
 */
void fim_ring_exit(void)
{
	free_lane(&fim_lanes[0]);
	free_lane(&fim_lanes[1]);
}
