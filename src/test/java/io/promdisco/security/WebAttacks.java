package io.promdisco.security;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Attacks over the port of {@code serve}. */
final class WebAttacks {
  private WebAttacks() {}

  /** Threads that each do something over and over until the end. */
  private abstract static class Repeated implements Attack {
    private final int threads;
    private final List<Thread> running = new ArrayList<>();
    private final AtomicBoolean ended = new AtomicBoolean();
    final AtomicInteger rounds = new AtomicInteger();

    Repeated(int threads) {
      this.threads = threads;
    }

    abstract void round(Victim victim) throws IOException;

    @Override
    public void begin(Victim victim) {
      for (int i = 0; i < threads; i++) {
        Thread thread =
            new Thread(
                () -> {
                  while (!ended.get()) {
                    try {
                      round(victim);
                    } catch (IOException e) {
                      // refused or cut, which is what this test is about
                    }
                    rounds.incrementAndGet();
                  }
                },
                "attack-" + i);
        thread.setDaemon(true);
        running.add(thread);
        thread.start();
      }
    }

    @Override
    public void close() {
      ended.set(true);
      try {
        for (Thread thread : running) {
          thread.join(10_000);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    static Socket connect(Victim victim) throws IOException {
      Socket socket = new Socket();
      socket.setReceiveBufferSize(4096);
      socket.setSoTimeout(5_000);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), victim.port()));
      return socket;
    }

    static void request(Socket socket, String path, String authorization) throws IOException {
      String head =
          "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + authorization;
      socket.getOutputStream().write((head + "\r\n\r\n").getBytes(ISO_8859_1));
    }

    /** Takes what comes at once. */
    static void readSome(Socket socket) throws IOException {
      InputStream in = socket.getInputStream();
      if (in.read(new byte[4096]) < 0) {
        throw new IOException("closed");
      }
    }
  }

  /** Searches for 30,000 words and for other words each time. */
  static Attack searches(int threads) {
    return new Repeated(threads) {
      @Override
      void round(Victim victim) throws IOException {
        int round = rounds.get();
        String words =
            round % 2 == 0
                ? "a+".repeat(30_000)
                : (round + "+").repeat(20).replace("+", round + "+");
        try (Socket socket = connect(victim)) {
          request(socket, "/api/v1/discovery/targets?state=any&q=" + words, victim.authorization());
          readSome(socket);
        }
      }
    };
  }

  /** Asks for long answers over so many connections and reads none; asks again when it is cut. */
  static Attack unreadAnswers(int connections) {
    return new Repeated(1) {
      private final List<Socket> open = new ArrayList<>();

      @Override
      void round(Victim victim) throws IOException {
        String path =
            switch (open.size() % 4) {
              case 0 -> "/api/v1/targets";
              case 1 -> "/http-sd/many?relabeled=true";
              case 2 -> "/api/v1/targets/stream";
              default -> "/http-sd/many";
            };
        if (open.size() == connections) {
          open.remove(0).close();
        }
        Socket socket = connect(victim);
        open.add(socket);
        request(socket, path, victim.authorization());
        if (open.size() == connections) {
          readSome(socket); // so that it takes its time
        }
      }

      @Override
      public void close() {
        super.close();
        for (Socket socket : open) {
          try {
            socket.close();
          } catch (IOException e) {
            // it is closed in any case
          }
        }
      }
    };
  }

  /** Tries passwords of the user that others are let in with, and of users that do not exist. */
  static Attack wrongPasswords(int threads) {
    return new Repeated(threads) {
      @Override
      void round(Victim victim) throws IOException {
        int round = rounds.get();
        String wrong = (round % 2 == 0 ? "anna" : "user" + round) + ":wrong" + round;
        try (Socket socket = connect(victim)) {
          request(
              socket,
              "/-/healthy",
              "Basic " + Base64.getEncoder().encodeToString(wrong.getBytes(UTF_8)));
          readSome(socket);
        }
      }
    };
  }
}
