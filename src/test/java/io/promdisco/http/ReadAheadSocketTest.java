package io.promdisco.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promdisco.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@SuppressWarnings("NullAway.Init") // Before each test.
class ReadAheadSocketTest {
  private ReadAheadSocket socket;
  private ServerSocket listening;
  private Socket other;
  private InputStream in;
  private OutputStream out;

  @BeforeEach
  void connect() throws Exception {
    listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    socket = new ReadAheadSocket();
    socket.connect(listening.getLocalSocketAddress());
    other = listening.accept();
    in = socket.getInputStream();
    out = other.getOutputStream();
  }

  @AfterEach
  void close() throws Exception {
    socket.close();
    other.close();
    listening.close();
  }

  private void arrive(String text) throws Exception {
    int before = in.available();
    out.write(text.getBytes(US_ASCII));
    Eventually.eventually(() -> assertThat(in.available()).isEqualTo(before + text.length()));
  }

  @Test
  void availableDataIsReadTogetherAndReturnedInParts() throws Exception {
    arrive("abcdef");
    assertThat(in.read()).isEqualTo('a');
    byte[] part = new byte[3];
    assertThat(in.read(part, 0, 0)).isZero();
    assertThat(in.read(part)).isEqualTo(3);
    assertThat(new String(part, US_ASCII)).isEqualTo("bcd");
    assertThat(in.read(part)).isEqualTo(2);
    other.shutdownOutput();
    assertThat(in.read(part)).isEqualTo(-1);
    assertThat(in.read()).isEqualTo(-1);
    assertThat(in.skip(1)).isZero();
  }

  @Test
  void allThatIsAvailableCanBeSkipped() throws Exception {
    arrive("abc");
    assertThat(in.skip(2)).isEqualTo(2); // Not read ahead before.
    assertThat(in.available()).isEqualTo(1);
    arrive("def");
    while (in.available() > 0) {
      assertThat(in.skip(in.available())).isPositive();
    }
    assertThat(in.skip(0)).isZero();
  }

  @Test
  void whatIsLongerThanTheBufferComesInOrderWhileTheBufferGrows() throws Exception {
    StringBuilder sent = new StringBuilder();
    for (int i = 0; sent.length() < 300_000; i++) {
      sent.append(i).append(',');
    }
    Thread writes =
        new Thread(
            () -> {
              try {
                out.write(sent.toString().getBytes(US_ASCII));
                other.shutdownOutput();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "writes");
    writes.start();
    assertThat(new String(in.readAllBytes(), US_ASCII)).isEqualTo(sent.toString());
    writes.join();
  }

  @Test
  void aReadThatTimesOutGivesNothingTwice() throws Exception {
    arrive("a");
    assertThat(in.read()).isEqualTo('a');
    socket.setSoTimeout(1);
    assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(in::read);
    socket.setSoTimeout(0);
    arrive("b");
    assertThat(in.read()).isEqualTo('b');
  }
}
