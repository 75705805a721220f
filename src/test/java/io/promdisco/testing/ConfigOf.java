package io.promdisco.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program {@code config-of}, which shows how Prometheus reads configuration files. */
public final class ConfigOf {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path program;
  private final Path names;
  private final Path answers;

  /**
   * @param clients the folder of the program
   * @param work where to write what it reads and prints
   */
  public ConfigOf(Path clients, Path work) {
    this.program = clients.resolve("config-of");
    this.names = work.resolve("config-of.in");
    this.answers = work.resolve("config-of.out");
  }

  /**
   * Reads files in one process.
   *
   * @param files absolute paths, each once
   * @return for each file an object: {@code error}, or {@code config} and {@code jobs}
   */
  public Map<Path, JsonNode> read(List<Path> files) throws IOException, InterruptedException {
    Files.write(names, files.stream().map(Path::toString).toList());
    Process process =
        new ProcessBuilder(program.toString())
            .redirectInput(names.toFile())
            .redirectOutput(answers.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException("config-of did not answer");
      }
    } finally {
      process.destroyForcibly();
    }
    Map<Path, JsonNode> read = new LinkedHashMap<>();
    for (String line : Files.readAllLines(answers)) {
      JsonNode answer = JSON.readTree(line);
      read.put(Path.of(answer.get("file").asText()), answer);
    }
    return read;
  }
}
