package io.promdisco.providers.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

public final class ParallelLookupsTest {
  private static final int NAMES = 50;
  private static final int ROUNDS = 200;
  private static final List<String> SEARCH = List.of("one.test", "two.test", "three.test");

  @TempDir private Path folder = Path.of("");

  /**
   * Each refresh reads the file itself, like several sources that are refreshed at the same time.
   */
  @Test
  void noAnswerIsLostWhenManySourcesLookUpShortNamesAtOnce() throws Exception {
    Path resolvConf = folder.resolve("resolv.conf");
    Files.write(
        resolvConf,
        List.of("nameserver 127.0.0.1", "search " + String.join(" ", SEARCH), "options ndots:5"));
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try (FakeDnsServer server = FakeDnsServer.open()) {
      for (int i = 0; i < NAMES; i++) {
        Name name = Name.fromString("web" + i + "." + SEARCH.get(i % SEARCH.size()) + ".");
        server.put(name, new ARecord(name, DClass.IN, 5, InetAddress.getLoopbackAddress()));
      }
      ParallelDnsLookups lookups = new ParallelDnsLookups(server.port(), Duration.ofMinutes(1));
      for (int round = 0; round < ROUNDS; round++) {
        List<Future<?>> looks = new ArrayList<>();
        for (int source = 0; source < 5; source++) {
          int from = source * NAMES / 5;
          List<String> names =
              IntStream.range(from, from + NAMES / 5).mapToObj(i -> "web" + i).toList();
          looks.add(
              threads.submit(
                  () -> {
                    ResolverSettings settings = ResolverSettings.read(resolvConf);
                    Map<String, DnsLookup> found = new HashMap<>();
                    lookups.run(
                        settings, Type.A, names, lookup -> found.put(lookup.asked(), lookup));
                    assertThat(found.keySet()).containsExactlyInAnyOrderElementsOf(names);
                    for (DnsLookup lookup : found.values()) {
                      assertThat(lookup.result()).hasSize(1);
                    }
                    return null;
                  }));
        }
        for (Future<?> look : looks) {
          look.get();
        }
        server.queries().clear();
      }
    } finally {
      threads.shutdown();
    }
  }

  /**
   * The library renews its static state without a lock, so that a reader may see an incomplete
   * state.
   */
  @Test
  void resolverStateOfTheLibraryIsNeverLoaded() throws Exception {
    try (FakeDnsServer server = FakeDnsServer.open();
        ObservedLoader loader = new ObservedLoader()) {
      Name name = Name.fromString("a.test.");
      server.put(name, new ARecord(name, DClass.IN, 5, InetAddress.getLoopbackAddress()));
      Object look =
          loader
              .loadClass(OneLook.class.getName())
              .getDeclaredConstructor(int.class)
              .newInstance(server.port());
      assertThat(((Callable<?>) look).call()).isEqualTo(1);
      assertThat(loader.hasLoaded("org.xbill.DNS.Message")).isTrue();
      assertThat(loader.hasLoaded("org.xbill.DNS.ResolverConfig")).isFalse();
      assertThat(loader.hasLoaded("org.xbill.DNS.SimpleResolver")).isFalse();
    }
  }

  /** Looks up one name and returns the number of its records. */
  public static final class OneLook implements Callable<Integer> {
    private final int port;

    /** Asks at {@code port}. */
    public OneLook(int port) {
      this.port = port;
    }

    @Override
    public Integer call() throws Exception {
      ResolverSettings settings =
          new ResolverSettings(List.of("127.0.0.1"), List.of("one.test"), 1);
      ParallelDnsLookups lookups = new ParallelDnsLookups(port, Duration.ofMinutes(1));
      List<DnsLookup> found = new ArrayList<>();
      lookups.run(settings, Type.A, List.of("a.test"), found::add);
      return found.get(0).result().size();
    }
  }

  /** Loads all classes again and records which ones it has loaded. */
  private static final class ObservedLoader extends URLClassLoader {
    ObservedLoader() throws IOException {
      super(classPath(), ClassLoader.getPlatformClassLoader());
    }

    private static URL[] classPath() throws IOException {
      List<URL> urls = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
        urls.add(Path.of(entry).toUri().toURL());
      }
      return urls.toArray(URL[]::new);
    }

    boolean hasLoaded(String name) {
      return findLoadedClass(name) != null;
    }
  }
}
