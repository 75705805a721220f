package io.promdisco.providers.dns;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * A query to one server, with its own socket. Never blocks: the owner calls {@link #proceed} when
 * the channel is ready. For one thread.
 */
abstract class DnsQuery implements AutoCloseable {
  /** The maximum size of an answer over UDP that the query requests. */
  private static final int UDP_SIZE = 4096;

  private static final int LONGEST_MESSAGE = 65_535;
  private static final int LENGTH_BYTES = 2;
  private static final int HEADER_BYTES = 12;

  /** The number of packets that are read before the deadline is checked again. */
  private static final int PACKETS_AT_ONCE = 100;

  private final Message query;
  private final Duration timeout;
  private long deadline;

  private DnsQuery(Name name, int type, Duration timeout) {
    query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    this.timeout = timeout;
    extendDeadline();
  }

  /** Returns a query in a packet, which requests longer answers than usual. */
  static DnsQuery overUdp(Name name, int type, Duration timeout) throws IOException {
    return new Udp(name, type, timeout);
  }

  /** Returns a query over a TCP connection. */
  static DnsQuery overTcp(Name name, int type, Duration timeout) throws IOException {
    return new Tcp(name, type, timeout);
  }

  /**
   * Sends the query, or begins to connect.
   *
   * @param owner the attachment of the channel's key
   */
  final void start(InetSocketAddress server, Selector selector, Object owner) throws IOException {
    try {
      channel().configureBlocking(false);
      open(server, channel().register(selector, 0, owner));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  abstract SelectableChannel channel();

  /** Sends the query or begins to connect. */
  abstract void open(InetSocketAddress server, SelectionKey key) throws IOException;

  /**
   * Reads, writes or connects, whatever the channel is ready for.
   *
   * @return the answer, or null while there is none
   */
  abstract @Nullable Message proceed() throws IOException;

  /** After it has accepted the connection, the server has the full timeout to answer. */
  final void extendDeadline() {
    deadline = System.nanoTime() + timeout.toNanos();
  }

  /**
   * Returns how long the server may still take, in nanoseconds; zero or negative if it has taken
   * too long.
   */
  final long nanosLeft() {
    return deadline - System.nanoTime();
  }

  final Message query() {
    return query;
  }

  /** Whether the bytes are an answer, and not the query sent back. */
  final boolean isAnswer(byte[] bytes) {
    return bytes.length >= HEADER_BYTES && (bytes[2] & 0x80) != 0;
  }

  final boolean hasOurId(byte[] bytes) {
    int id = ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
    return id == query.getHeader().getID();
  }

  /** Reads an answer. Of a truncated answer, only the header is used. */
  static Message read(byte[] bytes) throws IOException {
    boolean truncated = (bytes[2] & 0x02) != 0;
    if (truncated) {
      Message cut = new Message();
      cut.getHeader().setFlag(Flags.TC);
      return cut;
    }
    try {
      return new Message(bytes);
    } catch (IOException e) {
      throw new IOException("cannot read the answer (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Whether the answer is for this query. An answer without a question is accepted for any query.
   */
  final boolean isToOurQuestion(Message answer) {
    Record asked = query.getQuestion();
    Record repeated = answer.getQuestion();
    return repeated == null
        || (repeated.getName().equals(asked.getName())
            && repeated.getType() == asked.getType()
            && repeated.getDClass() == asked.getDClass());
  }

  @Override
  public final void close() {
    try {
      channel().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Udp extends DnsQuery {
    private final DatagramChannel channel = DatagramChannel.open();
    private final ByteBuffer packet = ByteBuffer.allocate(UDP_SIZE);

    Udp(Name name, int type, Duration timeout) throws IOException {
      super(name, type, timeout);
      query().addRecord(new OPTRecord(UDP_SIZE, 0, 0), Section.ADDITIONAL);
    }

    @Override
    SelectableChannel channel() {
      return channel;
    }

    @Override
    void open(InetSocketAddress server, SelectionKey key) throws IOException {
      channel.connect(server); // After this, packets from other senders are not received.
      channel.write(ByteBuffer.wrap(query().toWire()));
      key.interestOps(SelectionKey.OP_READ);
    }

    /**
     * Ignores packets that are not an answer to this query; they may be late answers to an earlier
     * one.
     */
    @Override
    @Nullable Message proceed() throws IOException {
      for (int i = 0; i < PACKETS_AT_ONCE && channel.read(packet.clear()) > 0; i++) {
        byte[] bytes = new byte[packet.flip().remaining()];
        packet.get(bytes);
        if (isAnswer(bytes) && hasOurId(bytes)) {
          Message answer = read(bytes);
          if (isToOurQuestion(answer)) {
            return answer;
          }
        }
      }
      return null;
    }
  }

  private static final class Tcp extends DnsQuery {
    private final SocketChannel channel = SocketChannel.open();
    private final ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES);
    private final ByteBuffer question;
    private @Nullable SelectionKey key;
    private @Nullable ByteBuffer answer;

    Tcp(Name name, int type, Duration timeout) throws IOException {
      super(name, type, timeout);
      byte[] wire = query().toWire();
      question = ByteBuffer.allocate(LENGTH_BYTES + wire.length);
      question.putShort((short) wire.length).put(wire).flip();
    }

    @Override
    SelectableChannel channel() {
      return channel;
    }

    @Override
    void open(InetSocketAddress server, SelectionKey key) throws IOException {
      this.key = key;
      key.interestOps(SelectionKey.OP_CONNECT);
      if (channel.connect(server)) {
        connected(key);
      }
    }

    private void connected(SelectionKey key) {
      extendDeadline();
      key.interestOps(SelectionKey.OP_WRITE);
    }

    @Override
    @Nullable Message proceed() throws IOException {
      SelectionKey ready = key;
      if (ready == null) {
        throw new IllegalStateException("not open");
      }
      if (channel.isConnectionPending()) {
        if (channel.finishConnect()) {
          connected(ready);
        }
        return null;
      }
      if (question.hasRemaining()) {
        channel.write(question);
        if (!question.hasRemaining()) {
          ready.interestOps(SelectionKey.OP_READ);
        }
        return null;
      }
      return received();
    }

    private @Nullable Message received() throws IOException {
      if (length.hasRemaining()) {
        fill(length);
        if (length.hasRemaining()) {
          return null;
        }
        answer = ByteBuffer.allocate(length.getShort(0) & LONGEST_MESSAGE);
      }
      ByteBuffer body = answer;
      if (body == null) {
        return null;
      }
      fill(body);
      if (body.hasRemaining()) {
        return null;
      }
      byte[] bytes = new byte[body.flip().remaining()];
      body.get(bytes);
      if (!isAnswer(bytes) || !hasOurId(bytes)) {
        throw new IOException("the answer is for another question");
      }
      Message message = read(bytes);
      if (!isToOurQuestion(message)) {
        throw new IOException("the answer is for another question");
      }
      return message;
    }

    private void fill(ByteBuffer buffer) throws IOException {
      if (buffer.hasRemaining() && channel.read(buffer) < 0) {
        throw new EOFException("closed the connection before the answer was complete");
      }
    }
  }
}
