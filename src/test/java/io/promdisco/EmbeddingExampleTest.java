package io.promdisco;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/embedding.md is compiled and run as it stands there. */
class EmbeddingExampleTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void theDocumentedExampleCompilesAndPrintsItsTargets() throws Exception {
    String document = Files.readString(Path.of("docs/embedding.md"));
    String fence = "<!-- example -->\n```java\n";
    int start = document.indexOf(fence) + fence.length();
    String code = document.substring(start, document.indexOf("```", start));
    assertThat(code.lines().filter(line -> !line.isBlank()).count()).isLessThanOrEqualTo(30);
    Path source = Files.writeString(folder.resolve("Example.java"), code);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of(
            "-d",
            folder.toString(),
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            source.toString());
    assertThat(compiler.run(null, null, null, options.toArray(String[]::new))).isZero();

    Path config =
        Files.writeString(
            folder.resolve("p.yml"),
            "scrape_configs: [{job_name: a, static_configs: [{targets: ['h:1']}]}]\n");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      Class<?> example = loader.loadClass("Example");
      example
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {config.toString()});
    } finally {
      System.setOut(before);
    }

    assertThat(out.toString(StandardCharsets.UTF_8)).contains("a: 1 active");
  }
}
