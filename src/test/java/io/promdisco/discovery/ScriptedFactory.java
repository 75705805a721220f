package io.promdisco.discovery;

import io.promdisco.config.SdConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Creates discoverers that put what the test says, on the test's thread. */
final class ScriptedFactory implements DiscovererFactory {
  /** A source called {@code name}. */
  record Config(String name) implements SdConfig {
    @Override
    public String mechanism() {
      return "scripted";
    }
  }

  /** Sources that cannot be created, with the reason. */
  final Map<String, String> broken = new ConcurrentHashMap<>();

  /** Sources that are created but fail at their start. */
  final Map<String, RuntimeException> failsToStart = new ConcurrentHashMap<>();

  /** The events in order: {@code create a}, {@code start a}, {@code close a}. */
  final List<String> events = new CopyOnWriteArrayList<>();

  private final Map<String, TargetSink> sinks = new ConcurrentHashMap<>();

  /** Returns the sink of the newest discoverer of {@code name}, even after it was closed. */
  TargetSink sink(String name) {
    TargetSink sink = sinks.get(name);
    if (sink == null) {
      throw new AssertionError(name + ": not started (started: " + sinks.keySet() + ")");
    }
    return sink;
  }

  @Override
  public boolean accepts(SdConfig config) {
    return config instanceof Config;
  }

  @Override
  public Discoverer create(SdConfig config, String provider) throws DiscoveryException {
    String name = ((Config) config).name();
    events.add("create " + name);
    String reason = broken.get(name);
    if (reason != null) {
      throw new DiscoveryException(reason);
    }
    return new Discoverer() {
      @Override
      public void start(TargetSink sink) {
        RuntimeException failure = failsToStart.get(name);
        if (failure != null) {
          throw failure;
        }
        events.add("start " + name);
        sinks.put(name, sink);
      }

      @Override
      public void close() {
        events.add("close " + name);
      }
    };
  }

  @Override
  public void close() {
    events.add("close factory");
  }
}
