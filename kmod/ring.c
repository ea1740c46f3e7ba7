// SPDX-License-Identifier: GPL-2.0
/*
 * The last records, numbered: as many as the ring may hold in number and in
 * memory, oldest first out.
 *
 * A record is kept as the attribute that is sent, so that a listener and a
 * reader of the ring get the same bytes.
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
	unsigned int len;
	u8 data[];
};

/* Protects all that follows, and keeps the notifications in order. */
static DEFINE_MUTEX(fim_ring_lock);
static struct record **fim_ring;
static u64 fim_ring_first = 1;	/* number of the oldest record */
static u64 fim_ring_last;	/* number of the newest; less than that if none */
static u64 fim_ring_bytes;	/* what all of them take */

static void drop_oldest(void)
{
	struct record **record = &fim_ring[fim_ring_first++ % ring];

	fim_ring_bytes -= (*record)->len;
	kvfree(*record);
	*record = NULL;
}

static void make_room(unsigned int len)
{
	lockdep_assert_held(&fim_ring_lock);

	while (fim_ring_first <= fim_ring_last &&
	       (fim_ring_last - fim_ring_first + 1 >= ring ||
		fim_ring_bytes + len > (u64)ring_kib * 1024))
		drop_oldest();
}

/**
 * fim_ring_add() - number a record, keep it, and send it to listeners
 * @skb: holds the record, one attribute; stays the caller's
 * @seq_attr: where in @skb the number belongs, 8 bytes
 *
 * Context: process; may sleep.
 * Return: 0, or -ENOMEM: then it has no number, and nobody hears of it.
 */
int fim_ring_add(struct sk_buff *skb, void *seq_attr)
{
	struct record *record;
	u64 seq;

	record = kvmalloc(struct_size(record, data, skb->len), GFP_KERNEL);
	if (!record)
		return -ENOMEM;

	mutex_lock(&fim_ring_lock);
	make_room(skb->len);
	seq = ++fim_ring_last;
	memcpy(seq_attr, &seq, sizeof(seq));
	record->len = skb->len;
	memcpy(record->data, skb->data, skb->len);
	fim_ring[seq % ring] = record;
	fim_ring_bytes += record->len;
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
	struct record *record;
	int err = -ENOENT;

	mutex_lock(&fim_ring_lock);
	*seq = max(since, fim_ring_first);
	if (*seq <= fim_ring_last) {
		record = fim_ring[*seq % ring];
		err = -EMSGSIZE;
		if (skb_tailroom(skb) >= record->len) {
			skb_put_data(skb, record->data, record->len);
			err = 0;
		}
	}
	mutex_unlock(&fim_ring_lock);
	return err;
}

/**
 * fim_ring_range() - what the ring holds
 * @first: number of the oldest record, 0 if there is none
 * @last: number of the newest record, 0 if there is none
 * @size: how many it holds at most
 */
void fim_ring_range(u64 *first, u64 *last, u32 *size)
{
	mutex_lock(&fim_ring_lock);
	*first = fim_ring_first <= fim_ring_last ? fim_ring_first : 0;
	*last = fim_ring_last;
	mutex_unlock(&fim_ring_lock);
	*size = ring;
}

/**
 * fim_ring_init() - make the ring
 *
 * Return: 0 or -ENOMEM, or -EINVAL for a parameter out of range.
 */
int fim_ring_init(void)
{
	/* A record alone takes some 30 KiB at most. */
	if (ring < 1 || ring > 1 << 20 || ring_kib < 64)
		return -EINVAL;
	guid_gen(&fim_boot_id);
	fim_ring = kvcalloc(ring, sizeof(*fim_ring), GFP_KERNEL);
	return fim_ring ? 0 : -ENOMEM;
}

/**
 * fim_ring_exit() - free the ring and the records in it
 */
void fim_ring_exit(void)
{
	unsigned int i;

	for (i = 0; i < ring; i++)
		kvfree(fim_ring[i]);
	kvfree(fim_ring);
}
