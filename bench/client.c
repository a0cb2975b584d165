/* A PC/SC program that measures. It prints nanoseconds, one number on each line.
 *
 *   client first                    the time (CLOCK_MONOTONIC) of the first answer
 *   client apdu READER COUNT SIZE [PAUSE]
 *                                   how long each APDU with SIZE bytes of data took, PAUSE µs
 *                                   between two of them; on stderr the client's CPU time for one
 *   client command READER COUNT HEX the same with this command
 *   client cycle READER COUNT       how long connecting and disconnecting with a reset took
 *   client events COUNT             "ready", then the time of the next movement; COUNT times
 *   client spin READER              one APDU 00 02 00 00, without looking at the clock
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <winscard.h>

static SCARDCONTEXT context;
static SCARDHANDLE card;
static DWORD protocol;
static char names[4096], *reader = names;
static unsigned char command[7 + 65535], answer[65538];

static void check(LONG code, const char *what)
{
	if (code == SCARD_S_SUCCESS)
		return;
	fprintf(stderr, "%s: %s\n", what, pcsc_stringify_error(code));
	exit(1);
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void transmit(DWORD size)
{
	DWORD room = sizeof answer;

	check(SCardTransmit(card, protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1, command, size, NULL,
			    answer, &room),
	      "SCardTransmit");
	if (room < 2 || answer[room - 2] != 0x90) {
		fprintf(stderr, "unexpected answer\n");
		exit(1);
	}
}

static void open_card(int number)
{
	SCARD_READERSTATE state = {.dwCurrentState = SCARD_STATE_UNAWARE};

	while (number--)
		reader += strlen(reader) + 1;
	state.szReader = reader;
	do
		check(SCardGetStatusChange(context, 10000, &state, 1), "SCardGetStatusChange");
	while (state.dwCurrentState = state.dwEventState, !(state.dwEventState & SCARD_STATE_PRESENT));
	check(SCardConnect(context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card,
			   &protocol),
	      "SCardConnect");
}

static void cycle(int count)
{
	long long before;

	while (count--) {
		before = now();
		check(SCardDisconnect(card, SCARD_RESET_CARD), "SCardDisconnect");
		check(SCardConnect(context, reader, SCARD_SHARE_SHARED, SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card,
				   &protocol),
		      "SCardConnect");
		printf("%lld\n", now() - before);
	}
}

static DWORD read_hex(const char *text)
{
	DWORD size = 0;
	unsigned int byte;

	while (size < sizeof command && sscanf(text + 2 * size, "%2x", &byte) == 1)
		command[size++] = (unsigned char)byte;
	return size;
}

static void events(int count)
{
	SCARD_READERSTATE state = {.szReader = reader, .dwCurrentState = SCARD_STATE_UNAWARE};
	DWORD before;

	check(SCardGetStatusChange(context, 0, &state, 1), "SCardGetStatusChange");
	while (count--) {
		before = state.dwEventState >> 16;
		puts("ready");
		do {
			state.dwCurrentState = state.dwEventState;
			check(SCardGetStatusChange(context, 10000, &state, 1), "SCardGetStatusChange");
		} while (state.dwEventState >> 16 == before);
		printf("%lld\n", now());
	}
}

int main(int argc, char **argv)
{
	DWORD size = sizeof names;
	long long before, began;
	int count, total, data;
	struct timespec pause = {0};

	setvbuf(stdout, NULL, argc > 4 ? _IOFBF : _IOLBF, 1 << 20);
	check(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context), "SCardEstablishContext");
	check(SCardListReaders(context, NULL, names, &size), "SCardListReaders");
	if (argc == 3 && !strcmp(argv[1], "events")) {
		events(atoi(argv[2]));
		return 0;
	}
	open_card(argc > 2 ? atoi(argv[2]) : 0);
	if (argc == 3 && !strcmp(argv[1], "spin")) {
		memcpy(command, "\x00\x02\x00\x00", 4);
		transmit(4);
		return 0;
	}
	if (argc == 4 && !strcmp(argv[1], "cycle")) {
		cycle(atoi(argv[3]));
		return 0;
	}
	if (argc < 5) {
		transmit(5);
		printf("%lld\n", now());
		return 0;
	}
	count = total = atoi(argv[3]);
	data = strcmp(argv[1], "command") ? atoi(argv[4]) : 0;
	if (data) {
		command[5] = (unsigned char)(data >> 8);
		command[6] = (unsigned char)data;
	}
	size = !strcmp(argv[1], "command") ? read_hex(argv[4]) : data ? 7 + (DWORD)data : 5;
	for (int i = 0; i < count / 10 + 1; i++)
		transmit(size);
	if (argc > 5)
		pause.tv_nsec = atol(argv[5]) * 1000;
	began = cpu();
	while (count--) {
		if (pause.tv_nsec)
			nanosleep(&pause, NULL);
		before = now();
		transmit(size);
		printf("%lld\n", now() - before);
	}
	fprintf(stderr, "%lld\n", (cpu() - began) / total);
	return 0;
}
