/* Frames between the handler and the readers' process: MessagePack in a fixed layout, one on each
 * message of a SOCK_SEQPACKET connection (the same as ifd_bridge/ifdh/frames.py):
 *   call    [uint8 sequence, uint8 function, uint32 argument, bin32 data]
 *   answer  [uint8 sequence, uint16 code, bin32 data]
 * Data goes from and to the caller's own buffers; nothing here knows what it means.
 */
#ifndef VCARD_FRAMES_H
#define VCARD_FRAMES_H

#include <stdint.h>

#include <wintypes.h>

enum { CALL_HEAD = 15, ANSWER_HEAD = 11, MAX_DATA = 65548 };

#pragma GCC visibility push(hidden)

uint32_t get32(const UCHAR *bytes);

/* 0, or -1 if it could not be sent. */
int send_call(int fd, UCHAR sequence, UCHAR function, DWORD argument, const UCHAR *data, DWORD size);

/* The code of the next frame, -1 if there is none (errno EAGAIN) or it is not one. *size: room, then what came.
 * Data that does not fit is IFD_ERROR_INSUFFICIENT_BUFFER, its size in *size. */
int get_answer(int fd, int flags, UCHAR sequence, UCHAR *data, DWORD *size);

#pragma GCC visibility pop

#endif
