// Say hello to the card in the first reader through javax.smartcardio.
import java.util.HexFormat;
import javax.smartcardio.*;

class Hello {
    public static void main(String[] arguments) throws Exception {
        CardTerminal terminal = TerminalFactory.getDefault().terminals().list().get(0);
        System.out.println(terminal.getName());
        for (String protocol : new String[] {"T=0", "T=1"}) {
            Card card = terminal.connect(protocol);
            System.out.println(card.getProtocol() + " "
                + HexFormat.of().formatHex(card.getATR().getBytes()));
            CardChannel channel = card.getBasicChannel();
            byte[] aid = HexFormat.of().parseHex("A00000006203010C0601");
            ResponseAPDU selected = channel.transmit(new CommandAPDU(0, 0xA4, 4, 0, aid));
            ResponseAPDU hello = channel.transmit(new CommandAPDU(0, 0, 0, 0, 256));
            System.out.printf("%04X %04X %s%n",
                selected.getSW(), hello.getSW(), new String(hello.getData()));
            CardChannel other = card.openLogicalChannel();
            selected = other.transmit(new CommandAPDU(other.getChannelNumber(), 0xA4, 4, 0, aid));
            System.out.printf("channel %d %04X%n", other.getChannelNumber(), selected.getSW());
            other.close();
            card.disconnect(true);
        }
        System.out.println(terminal.waitForCardAbsent(10) ? "gone" : "still there");
    }
}
