package io.promdisco.providers.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A DNS server on a loopback address, over UDP and TCP on one port. */
final class FakeDnsServer implements AutoCloseable {
  /** How a server changes its answers. */
  enum Habit {
    /** Nothing. */
    NONE,
    /** Truncates answers over UDP. */
    TRUNCATES_UDP,
    /** Truncates all answers; over TCP they are marked but complete. */
    TRUNCATES_ALL,
    /** Sends an answer with another identifier first, which says that nothing exists. */
    SENDS_OLD_ANSWERS_FIRST,
    /** Sends an answer to another question first. */
    ANSWERS_OTHER_QUESTIONS_FIRST,
    /** Sends the question back before the answer. */
    ECHOES_FIRST,
    /** Rejects questions that have an OPT record. */
    REFUSES_EDNS,
    /** Sends bytes that are not an answer, and nothing else. */
    SENDS_GARBAGE,
    /** Does not answer over UDP. */
    IS_SILENT
  }

  private final ServerSocket tcp;
  private final DatagramSocket udp;
  private final Map<Name, List<Record>> records = new ConcurrentHashMap<>();
  private final Map<Name, Integer> codes = new ConcurrentHashMap<>();
  private final List<String> queries = new CopyOnWriteArrayList<>();
  private volatile Habit habit = Habit.NONE;
  private volatile boolean edns;

  private FakeDnsServer(ServerSocket tcp, DatagramSocket udp) {
    this.tcp = tcp;
    this.udp = udp;
    new Thread(() -> untilClosed(this::answerPacket), "dns-udp").start();
    new Thread(() -> untilClosed(this::answerConnection), "dns-tcp").start();
  }

  /** Listens on 127.0.0.1, on any port. */
  static FakeDnsServer open() throws IOException {
    return open("127.0.0.1", 0);
  }

  /** Listens on an address; port 0 means one that is free for both protocols. */
  static FakeDnsServer open(String address, int port) throws IOException {
    InetAddress bound = InetAddress.getByName(address);
    for (int attempt = 1; ; attempt++) {
      ServerSocket tcp = new ServerSocket(port, 50, bound);
      try {
        return new FakeDnsServer(
            tcp, new DatagramSocket(new InetSocketAddress(bound, tcp.getLocalPort())));
      } catch (BindException e) {
        tcp.close();
        if (port != 0 || attempt == 20) {
          throw e;
        }
      }
    }
  }

  int port() {
    return tcp.getLocalPort();
  }

  String address() {
    return tcp.getInetAddress().getHostAddress();
  }

  /** Replaces the records of the name. */
  void put(Name name, Record... answers) {
    codes.remove(name);
    records.put(name, List.of(answers));
  }

  /** Answers questions for {@code name} with an error. */
  void fail(Name name, int code) {
    codes.put(name, code);
  }

  void become(Habit habit) {
    this.habit = habit;
  }

  /** The questions so far, for example {@code udp example.com. A}. */
  List<String> queries() {
    return queries;
  }

  /** Whether the last question had an OPT record. */
  boolean sawEdns() {
    return edns;
  }

  private interface Turn {
    void take() throws IOException;
  }

  private static void untilClosed(Turn turn) {
    try {
      while (true) {
        turn.take();
      }
    } catch (SocketException e) {
      return; // Closed.
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void answerPacket() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
    udp.receive(packet);
    byte[] bytes = new byte[packet.getLength()];
    System.arraycopy(packet.getData(), 0, bytes, 0, bytes.length);
    Message query = new Message(bytes);
    Message answer = answer("udp", query);
    switch (habit) {
      case IS_SILENT -> {
        return;
      }
      case SENDS_GARBAGE -> {
        byte[] garbage = new byte[40];
        garbage[0] = bytes[0];
        garbage[1] = bytes[1];
        garbage[2] = (byte) 0x80;
        garbage[5] = 9;
        java.util.Arrays.fill(garbage, 12, 40, (byte) 0x3f);
        send(garbage, packet);
        return;
      }
      case TRUNCATES_UDP, TRUNCATES_ALL -> {
        answer.getHeader().setFlag(Flags.TC);
        answer.removeAllRecords(Section.ANSWER);
      }
      case SENDS_OLD_ANSWERS_FIRST -> {
        Message old = reply(query.getHeader().getID() ^ 1, query.getQuestion());
        old.getHeader().setRcode(Rcode.NXDOMAIN);
        send(old.toWire(), packet);
      }
      case ANSWERS_OTHER_QUESTIONS_FIRST -> {
        Record other =
            Record.newRecord(
                Name.fromString("other.test."), Type.A, query.getQuestion().getDClass());
        Message wrong = reply(query.getHeader().getID(), other);
        wrong.getHeader().setRcode(Rcode.NXDOMAIN);
        send(wrong.toWire(), packet);
      }
      case ECHOES_FIRST -> send(bytes, packet);
      default -> {}
    }
    send(answer.toWire(), packet);
  }

  private void send(byte[] bytes, DatagramPacket to) throws IOException {
    udp.send(new DatagramPacket(bytes, bytes.length, to.getSocketAddress()));
  }

  /** Answers one question and closes the connection, as many servers do. */
  private void answerConnection() throws IOException {
    try (Socket socket = tcp.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      Message answer = answer("tcp", new Message(in.readNBytes(in.readUnsignedShort())));
      if (habit == Habit.TRUNCATES_ALL) {
        answer.getHeader().setFlag(Flags.TC);
      }
      byte[] bytes = answer.toWire();
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeShort(bytes.length);
      out.write(bytes);
      out.flush();
    }
  }

  private static Message reply(int id, Record question) {
    Message reply = new Message(id);
    reply.getHeader().setFlag(Flags.QR);
    reply.addRecord(question, Section.QUESTION);
    return reply;
  }

  private Message answer(String over, Message query) {
    Record question = query.getQuestion();
    Name name = question.getName();
    queries.add(over + " " + name + " " + Type.string(question.getType()));
    edns = query.getOPT() != null;
    Message answer = reply(query.getHeader().getID(), question);
    Integer code = codes.get(name);
    if (edns && habit == Habit.REFUSES_EDNS) {
      answer.getHeader().setRcode(Rcode.FORMERR);
    } else if (code != null) {
      answer.getHeader().setRcode(code);
    } else if (!records.containsKey(name)) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    } else {
      new ArrayList<>(records.getOrDefault(name, List.of()))
          .forEach(record -> answer.addRecord(record, Section.ANSWER));
    }
    return answer;
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
