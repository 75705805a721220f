package io.promdisco.providers.kubernetes.client.decode;

import io.promdisco.providers.kubernetes.object.PodView;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From the bytes of an answer to the view of a pod: time and memory for one pod. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(DecodingBenchmark.PODS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DecodingBenchmark {
  static final int PODS = 1_000;

  private final PodBodies.Protobuf protobufDecoder = new PodBodies.Protobuf();
  private final PodBodies.Json jsonDecoder = new PodBodies.Json();
  private byte[] protobuf = {};
  private byte[] json = {};
  private List<PodView> views = List.of();

  /** Encodes the pods once. */
  @Setup
  public void encode() throws IOException, InterruptedException {
    PodBodies bodies = new PodBodies(PODS);
    protobuf = bodies.protobuf();
    json = bodies.json();
    views = protobufDecoder.decode(protobuf);
  }

  /** About 9 kB a pod. */
  @Benchmark
  public Object protobuf() throws IOException, InterruptedException {
    return protobufDecoder.decode(protobuf);
  }

  /** About 14 kB a pod. */
  @Benchmark
  public Object json() throws IOException, InterruptedException {
    return jsonDecoder.decode(json);
  }

  /** From the view on to the target group. */
  @Benchmark
  public Object group() {
    return PodBodies.groups(views);
  }
}
