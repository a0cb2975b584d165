/* Ask for 32 random bytes with too little room: the code and the length that is needed. */
#include <stdio.h>
#include <string.h>
#include <winscard.h>

#define CHECK(call) do { LONG rv = (call); if (rv != SCARD_S_SUCCESS) { \
	printf("%s: %s\n", #call, pcsc_stringify_error(rv)); return 1; } } while (0)

int main(void)
{
	static const BYTE RANDOM[] = {0x80, 0x84, 0x00, 0x00, 0x20};
	static const DWORD ROOM[] = {2, 33, 34, 200};
	SCARDCONTEXT context;
	SCARDHANDLE card;
	char names[1024];
	BYTE answer[258];
	DWORD size = sizeof names, protocol;

	CHECK(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context));
	CHECK(SCardListReaders(context, NULL, names, &size));
	CHECK(SCardConnect(context, names, SCARD_SHARE_SHARED,
		SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card, &protocol));
	for (size_t i = 0; i < sizeof ROOM / sizeof *ROOM; i++) {
		const SCARD_IO_REQUEST *pci =
			protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
		DWORD length = ROOM[i];
		memset(answer, 0xAA, sizeof answer);
		LONG rv = SCardTransmit(card, pci, RANDOM, sizeof RANDOM, NULL, answer, &length);
		printf("%lu: %08lX %lu %s\n", ROOM[i], rv & 0xFFFFFFFF, length,
			answer[ROOM[i]] == 0xAA ? "intact" : "overrun");
	}
	CHECK(SCardDisconnect(card, SCARD_LEAVE_CARD));
	CHECK(SCardReleaseContext(context));
	return 0;
}
