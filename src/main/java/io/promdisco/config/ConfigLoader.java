package io.promdisco.config;

import io.promdisco.model.Position;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads a Prometheus configuration file, strictly, and reports every mistake with its place.
 * Sections that do not shape targets are accepted and ignored. Safe for all threads.
 *
 * @see <a href="https://prometheus.io/docs/prometheus/latest/configuration/configuration/">
 *     Configuration</a>
 */
public final class ConfigLoader {
  /** A document that is null sets everything to nothing, even what has defaults. */
  private static final Map<String, Object> NOTHING =
      Map.of(
          "global",
          Map.of(),
          "storage",
          Map.of("tsdb", Map.of("outofordertimewindow", 0, "retention", Map.of("time", "15d"))));

  private final List<SdConfigReader> sources = new ArrayList<>();

  /** A loader that knows the sources that promdisco has. */
  public ConfigLoader() {
    sources.add(new StaticSdReader());
    sources.add(new KubernetesSdReader());
    sources.addAll(PollingSdReaders.all());
  }

  /**
   * What became of a file.
   *
   * @param configuration nothing if it is refused
   * @param problems every one, in the order of the file
   */
  public record LoadResult(Optional<Configuration> configuration, List<Problem> problems) {
    /** Copies the list. */
    public LoadResult {
      problems = List.copyOf(problems);
    }

    /** Whether there is no error. */
    public boolean valid() {
      return problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
    }
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException if it is refused, with every problem
   */
  public Configuration load(Path file) throws ConfigException {
    LoadResult result = read(file);
    return result.configuration().orElseThrow(() -> new ConfigException(result.problems()));
  }

  /** Reads a file; one that cannot be read is a problem too. */
  public LoadResult read(Path file) {
    try {
      Path folder = file.getParent();
      return read(file.toString(), Files.readAllBytes(file), folder == null ? Path.of("") : folder);
    } catch (IOException e) {
      return new LoadResult(
          Optional.empty(),
          List.of(
              new Problem(
                  Problem.Severity.ERROR, new Position(file.toString(), 1, 1), "", unreadable(e))));
    }
  }

  private static String unreadable(IOException e) {
    return e instanceof NoSuchFileException
        ? "no such file (expected: a Prometheus configuration)"
        : "cannot be read: " + e.getMessage();
  }

  /**
   * Reads a configuration that has been read from somewhere.
   *
   * @param fileName what to call it in problems
   * @param folder what relative paths in it are relative to
   */
  public LoadResult read(String fileName, byte[] content, Path folder) {
    Problems problems = new Problems(fileName);
    Optional<Node> document = YamlFile.parse(content, problems);
    Configuration configuration = null;
    if (!problems.hasErrors()) {
      Section root = root(document, problems);
      if (document.isPresent() && isNull(document.get())) {
        configuration = new Configuration(List.of(), NOTHING, List.of());
      } else if (root != null) {
        configuration = configuration(root, new Paths(folder));
      }
    }
    List<Problem> sorted = problems.sorted();
    if (problems.hasErrors() || configuration == null) {
      return new LoadResult(Optional.empty(), sorted);
    }
    return new LoadResult(
        Optional.of(new Configuration(configuration.jobs(), configuration.effective(), sorted)),
        sorted);
  }

  private static @Nullable Section root(Optional<Node> document, Problems problems) {
    if (document.isEmpty() || isNull(document.get())) {
      return new Section(
          new MappingNode(Tag.MAP, List.of(), DumperOptions.FlowStyle.BLOCK), "", problems);
    }
    return Section.of(document.get(), "", problems);
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar && Scalars.isNull(scalar);
  }

  private Configuration configuration(Section root, Paths paths) {
    Section globalSection = root.section("global");
    if (globalSection == null) {
      globalSection =
          new Section(
              new MappingNode(Tag.MAP, List.of(), DumperOptions.FlowStyle.BLOCK),
              "global",
              root.problems());
    }
    GlobalReader.Result global = new GlobalReader(System::getenv).read(globalSection, paths);
    Map<String, Object> effective = new LinkedHashMap<>();
    effective.put("global", global.shown());
    List<String> files = OtherSections.files(root, "scrape_config_files", "scrape config", paths);
    Map<String, String> names = new LinkedHashMap<>();
    List<ScrapeConfig> jobs =
        jobs(root, new ScrapeReader(sources, global.settings(), paths), names, "");
    effective.putAll(OtherSections.read(root, paths));
    root.finish();
    if (!files.isEmpty()) {
      effective.put("scrape_config_files", files);
    }
    if (!jobs.isEmpty()) {
      effective.put("scrape_configs", jobs.stream().map(ScrapeConfig::effective).toList());
    }
    List<ScrapeConfig> all = new ArrayList<>(jobs);
    for (String pattern : files) {
      all.addAll(fromFiles(root, pattern, global.settings(), names));
    }
    return new Configuration(all, effective, List.of());
  }

  /**
   * @param file empty: the main file
   */
  private static List<ScrapeConfig> jobs(
      Section root, ScrapeReader reader, Map<String, String> names, String file) {
    List<ScrapeConfig> jobs = new ArrayList<>();
    for (Section.Item item : root.sections("scrape_configs")) {
      if (item.section() == null) {
        if (item.node() instanceof ScalarNode scalar && Scalars.isNull(scalar)) {
          root.problems().error(item.node(), item.path(), "empty or null scrape config section");
        }
        continue;
      }
      ScrapeConfig job = reader.read(item.section());
      if (job == null) {
        continue;
      }
      String first = names.putIfAbsent(job.jobName(), file);
      if (first != null && !job.jobName().isEmpty()) {
        item.section()
            .error(
                "job_name",
                "found multiple scrape configs with job name \""
                    + job.jobName()
                    + "\""
                    + (file.isEmpty()
                        ? ""
                        : ", first found in " + (first.isEmpty() ? "main config file" : first)));
      }
      jobs.add(job);
    }
    return jobs;
  }

  private List<ScrapeConfig> fromFiles(
      Section root, String pattern, ScrapeSettings global, Map<String, String> names) {
    List<ScrapeConfig> jobs = new ArrayList<>();
    for (Path file : matching(root, pattern)) {
      Problems problems = new Problems(file.toString());
      try {
        Optional<Node> document = YamlFile.parse(Files.readAllBytes(file), problems);
        Section section = problems.hasErrors() ? null : root(document, problems);
        if (section != null) {
          Path folder = file.getParent();
          ScrapeReader reader =
              new ScrapeReader(sources, global, new Paths(folder == null ? Path.of("") : folder));
          jobs.addAll(jobs(section, reader, names, file.toString()));
          section.finish();
        }
      } catch (IOException e) {
        problems.error(new Position(file.toString(), 1, 1), "", unreadable(e));
      }
      root.problems().addAll(problems);
    }
    return jobs;
  }

  private static List<Path> matching(Section root, String pattern) {
    Path path = Path.of(pattern);
    Path folder = path.getParent() == null ? Path.of("") : path.getParent();
    List<Path> files = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return files;
    }
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(folder, String.valueOf(path.getFileName()))) {
      found.forEach(files::add);
    } catch (PatternSyntaxException e) {
      root.error(
          "scrape_config_files",
          "error retrieving scrape config files for \"" + pattern + "\": syntax error in pattern");
    } catch (IOException e) {
      root.error("scrape_config_files", "cannot read " + folder + ": " + e.getMessage());
    }
    files.sort(null);
    return files;
  }
}
