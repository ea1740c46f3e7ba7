// SPDX-License-Identifier: GPL-2.0
/*
 * The last records, numbered: as many as the ring may hold in number and in
 * memory.
 *
 * A record is kept as the attribute that is sent, so that a listener and a
 * reader of the ring get the same bytes.
 *
 * Who has many records made pushes out his own: the oldest one goes of the
 * source that has most. So whatever a source does, what others did stays for a
 * listener that is late.
 */
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/xarray.h>

#include "budget.h"
#include "netlink.h"
#include "policy.h"
#include "ring.h"

static unsigned int ring = 8192;
module_param(ring, uint, 0444);
MODULE_PARM_DESC(ring, "records that are kept for listeners that fell behind");

static unsigned int ring_kib = 16384;
module_param(ring_kib, uint, 0444);
MODULE_PARM_DESC(ring_kib, "memory that they take at most, in KiB");

guid_t fim_boot_id;

/**
 * struct record - a record that is kept; under fim_ring_lock
 * @node: in its lane
 * @seq: its number
 * @len: length of @data
 * @data: the attribute
 */
struct record {
	struct list_head node;
	u64 seq;
	unsigned int len;
	u8 data[];
};

/**
 * struct lane - the records of a source; under fim_ring_lock
 * @source: whose they are, if there are any
 * @records: they, oldest first
 * @nr: how many
 * @bytes: what they take
 */
struct lane {
	struct fim_source source;
	struct list_head records;
	unsigned int nr;
	u64 bytes;
};

#define LANES	256

/* Protects all that follows, and keeps the notifications in order. */
static DEFINE_MUTEX(fim_ring_lock);
static struct lane fim_lanes[LANES + 1];	/* the last is for all others */
static DEFINE_XARRAY(fim_records);	/* by number */
static unsigned int fim_ring_nr;
static u64 fim_ring_bytes;	/* what the records take */
static u64 fim_ring_last;	/* number of the newest record */
static u64 fim_ring_dropped;	/* of the newest that is not kept any more */
static u64 fim_ring_total;	/* operations that all of them told */

static struct lane *find_lane(const struct fim_source *source)
{
	struct lane *lane, *empty = &fim_lanes[LANES];

	lockdep_assert_held(&fim_ring_lock);

	for (lane = fim_lanes; lane < &fim_lanes[LANES]; lane++) {
		if (lane->nr && !memcmp(&lane->source, source, sizeof(*source)))
			return lane;
		if (!lane->nr && empty == &fim_lanes[LANES])
			empty = lane;
	}
	empty->source = *source;
	return empty;
}

/* The lane that has most records, or takes most memory. */
static struct lane *find_most(bool bytes)
{
	struct lane *lane, *most = fim_lanes;

	lockdep_assert_held(&fim_ring_lock);

	for (lane = fim_lanes; lane <= &fim_lanes[LANES]; lane++)
		if (bytes ? lane->bytes > most->bytes : lane->nr > most->nr)
			most = lane;
	return most;
}

static void drop_oldest(struct lane *lane)
{
	struct record *record = list_first_entry(&lane->records, struct record,
						 node);

	list_del(&record->node);
	lane->nr--;
	lane->bytes -= record->len;
	fim_ring_nr--;
	fim_ring_bytes -= record->len;
	fim_ring_dropped = max(fim_ring_dropped, record->seq);
	xa_erase(&fim_records, record->seq);
	kvfree(record);
}

static void make_room(unsigned int len)
{
	bool bytes;

	lockdep_assert_held(&fim_ring_lock);

	while (fim_ring_nr) {
		bytes = fim_ring_bytes + len > (u64)ring_kib * 1024;
		if (!bytes && fim_ring_nr < ring)
			break;
		drop_oldest(find_most(bytes));
	}
}

static void keep(struct lane *lane, struct record *record)
{
	lockdep_assert_held(&fim_ring_lock);

	list_add_tail(&record->node, &lane->records);
	lane->nr++;
	lane->bytes += record->len;
	fim_ring_nr++;
	fim_ring_bytes += record->len;
}

/**
 * fim_ring_add() - number a record, keep it, and send it to listeners
 * @skb: holds the record, one attribute; stays the caller's
 * @blanks: what in @skb is to be filled in
 * @operations: that the record tells
 * @source: who has it made
 *
 * Context: process; may sleep.
 * Return: 0, or -ENOMEM: then it has no number, and nobody hears of it.
 */
int fim_ring_add(struct sk_buff *skb, const struct fim_blanks *blanks,
		 u64 operations, const struct fim_source *source)
{
	struct record *record;
	int err;

	record = kvmalloc(struct_size(record, data, skb->len),
			  FIM_GFP_QUIET);
	if (!record)
		return -ENOMEM;

	mutex_lock(&fim_ring_lock);
	make_room(skb->len);
	record->seq = fim_ring_last + 1;
	err = xa_err(xa_store(&fim_records, record->seq, record,
			      FIM_GFP_QUIET));
	if (err) {
		mutex_unlock(&fim_ring_lock);
		kvfree(record);
		return err;
	}
	fim_ring_last = record->seq;
	fim_ring_total += operations;
	memcpy(blanks->seq, &fim_ring_last, sizeof(fim_ring_last));
	memcpy(blanks->total, &fim_ring_total, sizeof(fim_ring_total));
	record->len = skb->len;
	memcpy(record->data, skb->data, skb->len);
	keep(find_lane(source), record);
	fim_netlink_notify(record->data, record->len);
	mutex_unlock(&fim_ring_lock);
	return 0;
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
	unsigned long place = since;
	struct record *record;
	int err = -ENOENT;

	mutex_lock(&fim_ring_lock);
	record = xa_find(&fim_records, &place, ULONG_MAX, XA_PRESENT);
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
	*first = fim_ring_dropped + 1;
	if (*first > *last)
		*first = 0;
	mutex_unlock(&fim_ring_lock);
	*size = ring;
}

/**
 * fim_ring_init() - make the ring
 *
 * Return: 0, or -EINVAL for a parameter out of range.
 */
int fim_ring_init(void)
{
	unsigned int i;

	/* A record alone takes some 30 KiB at most. */
	if (ring < 8 || ring > 1 << 20 || ring_kib < 64)
		return -EINVAL;
	guid_gen(&fim_boot_id);
	for (i = 0; i < ARRAY_SIZE(fim_lanes); i++)
		INIT_LIST_HEAD(&fim_lanes[i].records);
	return 0;
}

/**
 * fim_ring_exit() - free the records in the ring
 */
void fim_ring_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fim_lanes); i++)
		while (fim_lanes[i].nr)
			drop_oldest(&fim_lanes[i]);
	xa_destroy(&fim_records);
}
