package io.promdisco.providers.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
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

/** A name server on the loopback interface, over UDP and TCP on one port. */
final class NameServer implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final ServerSocket tcp;
  private final DatagramSocket udp;
  private final Map<Name, List<Record>> records = new ConcurrentHashMap<>();
  private final Map<Name, Integer> codes = new ConcurrentHashMap<>();
  private final List<String> queries = new CopyOnWriteArrayList<>();
  private volatile boolean truncating;

  NameServer() throws IOException {
    tcp = new ServerSocket(0, 10, LOOPBACK);
    udp = new DatagramSocket(new InetSocketAddress(LOOPBACK, tcp.getLocalPort()));
    new Thread(() -> untilClosed(this::answerPacket), "dns-udp").start();
    new Thread(() -> untilClosed(this::answerConnection), "dns-tcp").start();
  }

  InetSocketAddress address() {
    return new InetSocketAddress(LOOPBACK, tcp.getLocalPort());
  }

  /** Replaces what is known of the records' name. */
  void put(Name name, Record... answers) {
    codes.remove(name);
    records.put(name, List.of(answers));
  }

  /** Answers questions for {@code name} with an error. */
  void fail(Name name, int code) {
    codes.put(name, code);
  }

  /** Answers that come over UDP are cut off. */
  void truncate() {
    truncating = true;
  }

  /** What was asked so far, as {@code udp example.com. A}. */
  List<String> queries() {
    return queries;
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
    byte[] query = new byte[packet.getLength()];
    System.arraycopy(packet.getData(), 0, query, 0, query.length);
    Message answer = answer("udp", new Message(query));
    if (truncating) {
      answer.getHeader().setFlag(Flags.TC);
      answer.removeAllRecords(Section.ANSWER);
    }
    byte[] bytes = answer.toWire();
    udp.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
  }

  private void answerConnection() throws IOException {
    try (Socket socket = tcp.accept()) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] bytes = answer("tcp", new Message(in.readNBytes(in.readUnsignedShort()))).toWire();
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.writeShort(bytes.length);
      out.write(bytes);
      out.flush();
    }
  }

  private Message answer(String over, Message query) {
    Record question = query.getQuestion();
    Name name = question.getName();
    queries.add(over + " " + name + " " + org.xbill.DNS.Type.string(question.getType()));
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.addRecord(question, Section.QUESTION);
    Integer code = codes.get(name);
    if (code != null) {
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
