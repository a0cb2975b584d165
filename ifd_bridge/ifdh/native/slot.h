/* One slot: two connections to the readers' process, one for calls (calls.c), with a pipe for their
 * answers, and one for movements of the card (presence.c).
 *
 * Locks: `line` for the length of a call, `state` for everything else, taken in this order (or tried).
 * Descriptors are read under either and closed under both; nobody closes `event` while it is polled.
 */
#ifndef VCARD_SLOT_H
#define VCARD_SLOT_H

#include <pthread.h>
#include <stdint.h>
#include <sys/un.h>

#include <ifdhandler.h>

enum { CREATE_CHANNEL = 1, GET_CAPABILITIES = 3, SET_CAPABILITIES, SET_PROTOCOL, POWER, TRANSMIT, CONTROL };
enum { CALLS = 0, MOVEMENTS = 1 };
enum { SLOTS = 16 };

struct slot {
	int open, polling, call, answers, event, wake;
	int present, reported, polled;   /* what is so; what pcscd was told; if it polled since then */
	uint32_t removals, owed;         /* the peer's count; removals that pcscd has not seen yet */
	int64_t lost_until;              /* ms; no card is reported so long after a lost one */
	uint32_t where;                  /* reader << 16 | slot, as the peer numbers them */
	UCHAR sequence, slots, parallel; /* the last two: from the peer's hello */
	struct sockaddr_un peer;
	pthread_mutex_t line, state;
};

#pragma GCC visibility push(hidden)

/* presence.c */

/* Wait until there is a movement that pcscd should ask about, for `timeout_ms` at most. */
void wait_for_news(struct slot *s, int timeout_ms);

/* End a wait. */
void wake(const struct slot *s);

/* What pcscd is to believe: IFD_ICC_PRESENT or IFD_ICC_NOT_PRESENT, one movement at a time. */
RESPONSECODE next_presence(struct slot *s);

/* The rest with `state` held. */

/* Take what the peer has told about the card; a peer that breaks the rules is lost. */
void read_movements(struct slot *s);

/* One movement: -1 if it breaks the rules. */
int movement(struct slot *s, int code, const UCHAR *count, DWORD size);

/* Report no card for a moment: pcscd believes that the one of the call under way is lost. */
void hold(struct slot *s);

/* The peer is gone, and with it the card. */
void lose(struct slot *s);

/* calls.c */

/* Connect anew; `line` is held. Without a peer nothing changes. */
void reconnect(struct slot *s);

/* One call; *rx_size: room, then what came (0 unless the code is IFD_SUCCESS). `s` may be NULL. */
RESPONSECODE call(struct slot *s, UCHAR function, DWORD argument, const UCHAR *tx, DWORD tx_size, UCHAR *rx,
		  DWORD *rx_size);

#pragma GCC visibility pop

#endif
