/* Say hello to the card in the first reader, once for each protocol that is named. */
#include <stdio.h>
#include <string.h>
#include <winscard.h>

#define CHECK(call) do { LONG rv = (call); if (rv != SCARD_S_SUCCESS) { \
	printf("%s: %s\n", #call, pcsc_stringify_error(rv)); return 1; } } while (0)

static const BYTE SELECT[] = {0x00, 0xA4, 0x04, 0x00, 0x0A,
	0xA0, 0x00, 0x00, 0x00, 0x62, 0x03, 0x01, 0x0C, 0x06, 0x01};
static const BYTE HELLO[] = {0x00, 0x00, 0x00, 0x00};

static LONG send_to(SCARDHANDLE card, DWORD protocol, const BYTE *command, DWORD size)
{
	BYTE answer[258];
	DWORD length = sizeof answer;
	const SCARD_IO_REQUEST *pci = protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
	LONG rv = SCardTransmit(card, pci, command, size, NULL, answer, &length);
	if (rv == SCARD_S_SUCCESS)
		printf("T=%lu %.*s %02X%02X\n", protocol - 1, (int)length - 2, answer,
			answer[length - 2], answer[length - 1]);
	return rv;
}

int main(void)
{
	SCARDCONTEXT context;
	SCARDHANDLE card;
	char names[1024];
	DWORD size = sizeof names, protocol;

	CHECK(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context));
	CHECK(SCardListReaders(context, NULL, names, &size));
	printf("%s\n", names);
	for (DWORD wanted = SCARD_PROTOCOL_T0; wanted <= SCARD_PROTOCOL_T1; wanted++) {
		CHECK(SCardConnect(context, names, SCARD_SHARE_EXCLUSIVE, wanted, &card, &protocol));
		CHECK(send_to(card, protocol, SELECT, sizeof SELECT));
		CHECK(send_to(card, protocol, HELLO, sizeof HELLO));
		CHECK(SCardDisconnect(card, SCARD_UNPOWER_CARD));
	}
	CHECK(SCardReleaseContext(context));
	return 0;
}
