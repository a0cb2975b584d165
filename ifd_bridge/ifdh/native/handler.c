/* The door: an IFD handler for pcscd that hands every call to the readers' process.
 *
 * DEVICENAME is "vcard:<socket>:<reader>". Here is what pcscd calls; how a call travels is in calls.c,
 * where the card is in presence.c.
 *
 * Spec: pcsc-lite, ifdhandler.h.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ifdhandler.h>
#include <reader.h>

#include "slot.h"

enum { READERS = 16 };

static struct slot table[READERS][SLOTS];

static struct slot *find(DWORD lun)
{
	DWORD reader = lun >> 16, slot = lun & 0xFFFF;

	return reader < READERS && slot < SLOTS && table[reader][slot].open ? &table[reader][slot] : NULL;
}

static RESPONSECODE poll_card(DWORD lun, int timeout_ms)
{
	struct slot *s = find(lun);

	if (!s)
		return IFD_COMMUNICATION_ERROR;
	wait_for_news(s, timeout_ms);
	return IFD_SUCCESS;
}

static RESPONSECODE stop_polling(DWORD lun)
{
	struct slot *s = find(lun);

	if (s)
		wake(s);
	return IFD_SUCCESS;
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
	struct slot *s = find(lun);
	int lost;

	if (!s)
		return IFD_ICC_NOT_PRESENT;
	(void)pthread_mutex_lock(&s->state);
	read_movements(s);
	lost = s->event < 0;
	(void)pthread_mutex_unlock(&s->state);
	/* Only here: so pcscd learns that the card was gone before it talks to the next peer, and powers
	 * the card up again. */
	if (lost && pthread_mutex_trylock(&s->line) == 0) {
		reconnect(s);
		(void)pthread_mutex_unlock(&s->line);
	}
	return next_presence(s);
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
	const char *path = name ? strstr(name, ":/") : NULL, *end = path ? strrchr(name, ':') : NULL;
	struct slot *s;

	if (!path || end == path || lun >> 16 >= READERS || (lun & 0xFFFF) >= SLOTS)
		return IFD_COMMUNICATION_ERROR;
	s = &table[lun >> 16][lun & 0xFFFF];
	if (s->open || (size_t)(end - ++path) >= sizeof s->peer.sun_path)
		return IFD_COMMUNICATION_ERROR;
	*s = (struct slot){.call = -1, .answers = -1, .event = -1, .polled = 1, .slots = 1, .parallel = 1};
	s->peer.sun_family = AF_UNIX;
	memcpy(s->peer.sun_path, path, (size_t)(end - path));
	s->where = (uint32_t)strtoul(end + 1, NULL, 10) << 16 | (uint32_t)(lun & 0xFFFF);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->wake < 0)
		return IFD_COMMUNICATION_ERROR;
	(void)pthread_mutex_init(&s->line, NULL);
	(void)pthread_mutex_init(&s->state, NULL);
	reconnect(s); /* whether anybody is there or not: pcscd never tries again */
	s->open = 1;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
	(void)lun, (void)channel;
	return IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
	struct slot *s = find(lun);

	if (!s)
		return IFD_COMMUNICATION_ERROR;
	(void)pthread_mutex_lock(&s->state);
	lose(s); /* ends a call under way */
	(void)pthread_mutex_unlock(&s->state);
	(void)pthread_mutex_lock(&s->line);
	s->open = 0;
	for (int i = 0, fds[] = {s->call, s->answers, s->event, s->wake}; i < 4; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
	(void)pthread_mutex_unlock(&s->line);
	return IFD_SUCCESS;
}

static RESPONSECODE give(PDWORD length, PUCHAR value, const void *what, DWORD size)
{
	if (*length < size)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	memcpy(value, what, size);
	*length = size;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
	static RESPONSECODE (*const poller)(DWORD, int) = poll_card;
	static RESPONSECODE (*const stopper)(DWORD) = stop_polling;
	static const UCHAR one = 1, many = 255;
	struct slot *s = find(lun);
	RESPONSECODE code;
	DWORD size;

	if (!length || !value || !s)
		return IFD_COMMUNICATION_ERROR;
	switch (tag) {
	case TAG_IFD_SIMULTANEOUS_ACCESS:
		return give(length, value, &many, 1);
	case TAG_IFD_THREAD_SAFE:
		return give(length, value, &one, 1);
	case TAG_IFD_SLOT_THREAD_SAFE:
		return give(length, value, &s->parallel, 1);
	case TAG_IFD_SLOTS_NUMBER:
		return give(length, value, &s->slots, 1);
	case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
		return give(length, value, &poller, sizeof poller);
	case TAG_IFD_STOP_POLLING_THREAD:
		return give(length, value, &stopper, sizeof stopper);
	default:
		size = *length;
		code = call(s, GET_CAPABILITIES, tag, NULL, 0, value, &size);
		if (code == IFD_SUCCESS)
			*length = size; /* else left alone: pcscd compares it with its own values */
		return code;
	}
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
	DWORD none = 0;

	return call(find(lun), SET_CAPABILITIES, tag, value, length, NULL, &none);
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3)
{
	DWORD none = 0;

	(void)flags, (void)pts1, (void)pts2, (void)pts3;
	return call(find(lun), SET_PROTOCOL, protocol, NULL, 0, NULL, &none);
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD atr_size)
{
	DWORD size = atr && atr_size ? *atr_size : 0;
	RESPONSECODE code;

	if (size > MAX_ATR_SIZE)
		size = MAX_ATR_SIZE;
	code = call(find(lun), POWER, action, NULL, 0, atr, &size);
	if (atr_size)
		*atr_size = size;
	if (code == IFD_ERROR_INSUFFICIENT_BUFFER || (code == IFD_SUCCESS && action != IFD_POWER_DOWN && size == 0))
		return IFD_ERROR_POWER_ACTION; /* that was no ATR */
	return code;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR tx, DWORD tx_size, PUCHAR rx, PDWORD rx_size,
			       PSCARD_IO_HEADER receive)
{
	(void)receive;
	return rx_size ? call(find(lun), TRANSMIT, send.Protocol, tx, tx_size, rx, rx_size) : IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR tx, DWORD tx_size, PUCHAR rx, DWORD rx_room, LPDWORD rx_size)
{
	DWORD size = rx_room;
	RESPONSECODE result = call(find(lun), CONTROL, code, tx, tx_size, rx, &size);

	if (rx_size)
		*rx_size = size;
	return result;
}
