# Say hello to the card in the first reader through Chipcard::PCSC.
use strict;
use warnings;
use Chipcard::PCSC;

my $context = Chipcard::PCSC->new() or die "context: $Chipcard::PCSC::errno\n";
my @readers = $context->ListReaders() or die "readers: $Chipcard::PCSC::errno\n";
print "$readers[0]\n";
my $card = Chipcard::PCSC::Card->new($context, $readers[0]) or die "card: $Chipcard::PCSC::errno\n";
for my $command ("00A404000AA00000006203010C0601", "0000000000") {
	my $answer = $card->Transmit([unpack "C*", pack "H*", $command])
		or die "transmit: $Chipcard::PCSC::errno\n";
	my ($data, $sw) = (pack("C*", @$answer[0 .. $#$answer - 2]), [@$answer[-2, -1]]);
	printf "%s %02X%02X\n", $data, @$sw;
}
