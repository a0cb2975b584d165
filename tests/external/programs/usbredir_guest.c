/* A usb-guest made of the reference library, so that our side of usbredir meets another's.
 *
 * usage: usbredir_guest SOCKET. Commands on stdin, one a line; what comes is said on stdout:
 *
 *   control TYPE REQUEST VALUE INDEX LENGTH    -> control STATUS HEX   (numbers in hex)
 *   configure                                  -> configured STATUS VALUE
 *   listen                                     -> listening STATUS
 *   out HEX                                    -> out STATUS
 *   in ROOM                                    -> in STATUS HEX        (ROOM in decimal)
 *   cancel                                     -> (the `in` that waits ends)
 *
 * and by itself: device VID:PID, endpoints HEX, interrupt HEX, gone, closed.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <usbredirparser.h>

#define LINE 140000

static int sock;
static uint64_t last_id;
static struct usbredirparser *parser;

static void hex(const char *what, int status, const uint8_t *data, int size)
{
	printf("%s %d ", what, status);
	for (int i = 0; i < size; i++)
		printf("%02x", data[i]);
	printf("\n");
}

static void logged(void *priv, int level, const char *text)
{
	(void)priv;
	if (level <= usbredirparser_warning)
		printf("log %s\n", text);
}

static int read_some(void *priv, uint8_t *data, int size)
{
	(void)priv;
	ssize_t got = recv(sock, data, (size_t)size, MSG_DONTWAIT);
	if (got == 0) {
		printf("closed\n");
		exit(0);
	}
	return got < 0 ? (errno == EAGAIN ? 0 : -1) : (int)got;
}

static int write_some(void *priv, uint8_t *data, int size)
{
	(void)priv;
	return (int)write(sock, data, (size_t)size);
}

static void connected(void *priv, struct usb_redir_device_connect_header *device)
{
	(void)priv;
	printf("device %04x:%04x\n", device->vendor_id, device->product_id);
}

static void disconnected(void *priv)
{
	(void)priv;
	printf("gone\n");
}

static void endpoints(void *priv, struct usb_redir_ep_info_header *info)
{
	(void)priv;
	printf("endpoints ");
	for (int i = 0; i < 32; i++)
		if (info->type[i] != usb_redir_type_invalid)
			printf("%02x:%d:%d ", (i & 0x10) << 3 | (i & 15), info->type[i],
			       info->max_packet_size[i]);
	printf("\n");
}

static void interfaces(void *priv, struct usb_redir_interface_info_header *info)
{
	(void)priv, (void)info;
}

static void greeted(void *priv, struct usb_redir_hello_header *hello)
{
	(void)priv, (void)hello;
}

static void configured(void *priv, uint64_t id, struct usb_redir_configuration_status_header *answer)
{
	(void)priv, (void)id;
	printf("configured %d %d\n", answer->status, answer->configuration);
}

static void listening(void *priv, uint64_t id,
		      struct usb_redir_interrupt_receiving_status_header *answer)
{
	(void)priv, (void)id;
	printf("listening %d\n", answer->status);
}

static void control(void *priv, uint64_t id, struct usb_redir_control_packet_header *answer,
		    uint8_t *data, int size)
{
	(void)priv, (void)id;
	hex("control", answer->status, data, size);
	free(data);
}

static void bulk(void *priv, uint64_t id, struct usb_redir_bulk_packet_header *answer, uint8_t *data,
		 int size)
{
	(void)priv, (void)id;
	hex(answer->endpoint & 0x80 ? "in" : "out", answer->status, data, size);
	free(data);
}

static void interrupted(void *priv, uint64_t id, struct usb_redir_interrupt_packet_header *head,
			uint8_t *data, int size)
{
	(void)priv, (void)id;
	hex("interrupt", head->status, data, size);
	free(data);
}

static int unhexed(const char *text, uint8_t *data)
{
	int size = 0;
	unsigned byte;
	for (; sscanf(text, "%2x", &byte) == 1; text += 2)
		data[size++] = (uint8_t)byte;
	return size;
}

static void obey(char *line)
{
	static uint8_t data[LINE / 2];
	unsigned type, request, value, index, length;
	if (sscanf(line, "control %x %x %x %x %x", &type, &request, &value, &index, &length) == 5) {
		struct usb_redir_control_packet_header head = {
			.endpoint = type & 0x80, .request = (uint8_t)request,
			.requesttype = (uint8_t)type, .value = (uint16_t)value,
			.index = (uint16_t)index, .length = (uint16_t)length,
		};
		usbredirparser_send_control_packet(parser, ++last_id, &head, NULL, 0);
	} else if (strcmp(line, "configure") == 0) {
		struct usb_redir_set_configuration_header head = { 1 };
		usbredirparser_send_set_configuration(parser, ++last_id, &head);
	} else if (strcmp(line, "listen") == 0) {
		struct usb_redir_start_interrupt_receiving_header head = { 0x83 };
		usbredirparser_send_start_interrupt_receiving(parser, ++last_id, &head);
	} else if (strncmp(line, "out ", 4) == 0) {
		int size = unhexed(line + 4, data);
		struct usb_redir_bulk_packet_header head = {
			.endpoint = 1, .length = (uint16_t)size, .length_high = (uint16_t)(size >> 16),
		};
		usbredirparser_send_bulk_packet(parser, ++last_id, &head, data, size);
	} else if (sscanf(line, "in %u", &length) == 1) {
		struct usb_redir_bulk_packet_header head = {
			.endpoint = 0x82, .length = (uint16_t)length,
			.length_high = (uint16_t)(length >> 16),
		};
		usbredirparser_send_bulk_packet(parser, ++last_id, &head, NULL, 0);
	} else if (strcmp(line, "cancel") == 0) {
		usbredirparser_send_cancel_data_packet(parser, last_id);
	}
}

static void begin(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	sock = socket(AF_UNIX, SOCK_STREAM, 0);
	if (connect(sock, (struct sockaddr *)&address, sizeof address) < 0) {
		perror(path);
		exit(1);
	}
	uint32_t caps[USB_REDIR_CAPS_SIZE] = { 0 };
	usbredirparser_caps_set_cap(caps, usb_redir_cap_connect_device_version);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_ep_info_max_packet_size);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_64bits_ids);
	usbredirparser_caps_set_cap(caps, usb_redir_cap_32bits_bulk_length);
	parser = usbredirparser_create();
	parser->log_func = logged;
	parser->read_func = read_some;
	parser->write_func = write_some;
	parser->hello_func = greeted;
	parser->device_connect_func = connected;
	parser->device_disconnect_func = disconnected;
	parser->interface_info_func = interfaces;
	parser->ep_info_func = endpoints;
	parser->configuration_status_func = configured;
	parser->interrupt_receiving_status_func = listening;
	parser->control_packet_func = control;
	parser->bulk_packet_func = bulk;
	parser->interrupt_packet_func = interrupted;
	usbredirparser_init(parser, "reference guest", caps, USB_REDIR_CAPS_SIZE, 0);
}

static void flush(void)
{
	while (usbredirparser_has_data_to_write(parser))
		if (usbredirparser_do_write(parser) < 0)
			exit(1);
}

int main(int count, char **arguments)
{
	static char line[LINE];
	if (count != 2)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	setvbuf(stdin, NULL, _IONBF, 0);
	begin(arguments[1]);
	for (;;) {
		flush();
		struct pollfd waiting[] = { { sock, POLLIN, 0 }, { 0, POLLIN, 0 } };
		if (poll(waiting, 2, -1) < 0)
			return 1;
		if (waiting[0].revents && usbredirparser_do_read(parser) < 0) {
			printf("log it is no usbredir\n");
			return 1;
		}
		if (waiting[1].revents) {
			if (!fgets(line, sizeof line, stdin))
				return 0;
			line[strcspn(line, "\n")] = '\0';
			obey(line);
		}
	}
}
