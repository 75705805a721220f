package io.promdisco.config.load;

import io.promdisco.Internal;
import io.promdisco.config.ConfigException;
import io.promdisco.config.Configuration;
import io.promdisco.config.ConfiguredGroup;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.ScrapeChecks;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.lint.ConfigWarnings;
import io.promdisco.config.section.CheckedOnlySections;
import io.promdisco.config.section.GlobalReader;
import io.promdisco.config.section.Globs;
import io.promdisco.config.section.KubernetesSdReader;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.config.section.PollingSdReaders;
import io.promdisco.config.section.ScrapeReader;
import io.promdisco.config.section.SdConfigReader;
import io.promdisco.config.section.SdConfigReaders;
import io.promdisco.config.section.StaticSdReader;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.ProblemCollector;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.StrictYaml;
import io.promdisco.config.yaml.SyntaxHints;
import io.promdisco.config.yaml.YamlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Prometheus configuration file, strictly, and reports every mistake with its place. Safe
 * for all threads.
 *
 * @see <a href="https://prometheus.io/docs/prometheus/latest/configuration/configuration/">
 *     Configuration</a>
 */
public final class ConfigLoader {
  /** The limit of a configuration, in bytes. */
  public static final int MOST_BYTES = YamlFile.MOST_BYTES;

  /** A document that is null sets everything to nothing, even what has defaults. */
  private static final Map<String, Object> NOTHING =
      Map.of(
          "global",
          Map.of(),
          "storage",
          Map.of("tsdb", Map.of("outofordertimewindow", 0, "retention", Map.of("time", "15d"))));

  private static final String WHAT = "a Prometheus configuration";

  /** What to do with files that the configuration names. */
  private enum NamedFiles {
    READ,
    LEAVE_TARGET_FILES,
    LEAVE
  }

  private final SdConfigReaders sources;
  private final Set<String> only; // jobs; empty: all
  private final NamedFiles files;

  /**
   * A loader that knows the sources that promdisco has, and those that third parties add: every
   * {@link SdConfigReader} that {@link ServiceLoader} finds with the context class loader of this
   * moment. It looks for them when a configuration has a source that promdisco has not.
   */
  public ConfigLoader() {
    this(
        SdConfigReaders.of(standardSources(), ServiceLoader.load(SdConfigReader.class)),
        Set.of(),
        NamedFiles.READ);
  }

  /** A loader that knows these sources of targets. */
  public ConfigLoader(List<SdConfigReader> sources) {
    this(SdConfigReaders.of(sources, List.of()), Set.of(), NamedFiles.READ);
  }

  private ConfigLoader(SdConfigReaders sources, Set<String> only, NamedFiles files) {
    this.sources = sources;
    this.only = Set.copyOf(only);
    this.files = files;
  }

  /**
   * A loader that leaves out jobs with sources of targets which Prometheus has and promdisco has
   * not, each with a warning; by default they are errors. Such a job is left out as a whole, even
   * if it has other sources too.
   */
  public ConfigLoader skippingUnsupported() {
    return new ConfigLoader(sources.skippingUnsupported(), only, files);
  }

  /**
   * A loader for which only these jobs have to be correct. It leaves out other jobs with errors and
   * counts these errors in one warning. It reports no other problems of other jobs.
   *
   * @param jobs names; empty: all jobs
   */
  public ConfigLoader onlyJobs(Collection<String> jobs) {
    return new ConfigLoader(sources, Set.copyOf(jobs), files);
  }

  /**
   * A loader that does not look into the files that {@code file_sd_configs} name: for callers that
   * start the sources, which report problems of their files. A pattern that matches no file is
   * still a warning.
   */
  public ConfigLoader leavingTargetFiles() {
    return new ConfigLoader(sources, only, NamedFiles.LEAVE_TARGET_FILES);
  }

  /**
   * A loader that looks at no file that the configuration names, not even whether it exists:
   * certificates, credentials, rules, targets, and {@code scrape_config_files}, whose jobs are
   * missing in the result. It checks everything else.
   */
  public ConfigLoader leavingFiles() {
    return new ConfigLoader(sources, only, NamedFiles.LEAVE);
  }

  /** The sources that promdisco has: static, Kubernetes, file, HTTP and DNS. */
  public static List<SdConfigReader> standardSources() {
    List<SdConfigReader> sources = new ArrayList<>(PollingSdReaders.all());
    sources.addAll(0, List.of(new StaticSdReader(), KubernetesSdReader.reader()));
    return sources;
  }

  /**
   * What became of a file.
   *
   * @param configuration nothing if it is refused; there may be errors all the same, such as a file
   *     that it names and that is not there (yet)
   * @param problems every one, in the order of the file
   * @param groups the targets that are spelt out, with their places; none if the file is refused
   */
  public record LoadResult(
      Optional<Configuration> configuration, List<Problem> problems, List<ConfiguredGroup> groups) {
    /** Copies the lists. */
    public LoadResult {
      problems = List.copyOf(problems);
      groups = List.copyOf(groups);
    }

    private static LoadResult refused(List<Problem> problems) {
      return new LoadResult(Optional.empty(), problems, List.of());
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
    return read(file, root -> root, (section, jobs) -> {});
  }

  /**
   * Reads a configuration that is a section of a file.
   *
   * @param inner reads the other keys of the file and returns the section
   * @param check notes further problems of the jobs in the section
   */
  @Internal
  public LoadResult read(
      Path file, UnaryOperator<Section> inner, BiConsumer<Section, List<ScrapeConfig>> check) {
    try {
      Path folder = file.getParent() == null ? Path.of("") : file.getParent();
      return read(file.toString(), StrictYaml.argument(file), folder, inner, check);
    } catch (IOException e) {
      ProblemCollector problems = new ProblemCollector(file.toString());
      problems.error(ProblemKind.UNREADABLE, StrictYaml.unreadable(e, WHAT));
      return LoadResult.refused(problems.sorted());
    }
  }

  /**
   * Reads a configuration that has been read from somewhere.
   *
   * @param fileName what to call it in problems
   * @param folder what relative paths in it are relative to
   */
  public LoadResult read(String fileName, byte[] content, Path folder) {
    return read(fileName, content, folder, root -> root, (section, jobs) -> {});
  }

  private LoadResult read(
      String fileName,
      byte[] content,
      Path folder,
      UnaryOperator<Section> inner,
      BiConsumer<Section, List<ScrapeConfig>> check) {
    ProblemCollector problems = new ProblemCollector(fileName);
    if (files == NamedFiles.LEAVE_TARGET_FILES) {
      problems.leaveTargetFiles();
    }
    Document document =
        StrictYaml.read(
            content,
            problems,
            root -> {
              Section section = root == null ? null : inner.apply(root);
              Document read = document(section, new ConfigPaths(folder));
              if (section != null) {
                check.accept(section, read.jobs().stream().map(LocatedJob::config).toList());
              }
              return read;
            });
    if (problems.refuse() || document == null) {
      return LoadResult.refused(problems.sorted());
    }
    ConfigWarnings.report(document.jobs());
    if (files != NamedFiles.LEAVE) {
      problems.check();
    }
    problems.checkAccepted();
    List<Problem> sorted = problems.sorted();
    return new LoadResult(
        Optional.of(
            new Configuration(
                document.jobs().stream().map(LocatedJob::config).toList(),
                document.effective(),
                sorted.stream().filter(p -> p.severity() == Problem.Severity.WARNING).toList())),
        sorted,
        written(problems, document.jobs()));
  }

  /** The targets of the jobs that are spelt out. */
  private static List<ConfiguredGroup> written(ProblemCollector problems, List<LocatedJob> jobs) {
    List<ConfiguredGroup> groups = new ArrayList<>();
    for (LocatedJob job : jobs) {
      problems.forEachGroupIn(
          job.section(),
          (path, group, positions) ->
              groups.add(new ConfiguredGroup(job.config(), group, path, positions)));
    }
    return groups;
  }

  /**
   * What a file and those that it names say.
   *
   * @param jobs those that are not left out
   * @param effective how it is shown
   */
  private record Document(List<LocatedJob> jobs, Map<String, Object> effective) {}

  /**
   * Reads the keys {@code global} and {@code scrape_configs} of a file that has other keys too.
   *
   * @param root the file's outermost section, which notes what is wrong
   * @param folder what relative paths are relative to
   * @return the jobs, as far as they could be read
   */
  @Internal
  public List<ScrapeConfig> inline(Section root, Path folder) {
    ConfigPaths paths = new ConfigPaths(folder);
    GlobalReader.Result global = new GlobalReader(System::getenv).read(root, paths);
    ScrapeReader reader = new ScrapeReader(sources, global, paths);
    return jobs(root, reader, new LinkedHashMap<>(), "").stream().map(LocatedJob::config).toList();
  }

  /**
   * @param root null if the document is null
   */
  private Document document(@Nullable Section root, ConfigPaths paths) {
    if (root == null) {
      return new Document(List.of(), NOTHING);
    }
    SyntaxHints.note(root.node(), root.problems());
    GlobalReader.Result global = new GlobalReader(System::getenv).read(root, paths);
    CheckedOnlySections others = new CheckedOnlySections(root, paths, sources, global.names());
    Map<String, Object> effective = new LinkedHashMap<>();
    effective.put("global", global.shown());
    others.runtime(effective);
    others.alerting(effective);
    others.ruleFiles(effective);
    List<String> named =
        CheckedOnlySections.files(root, "scrape_config_files", "scrape config", paths);
    if (!named.isEmpty()) {
      effective.put("scrape_config_files", named);
    }
    Map<String, String> names = new LinkedHashMap<>();
    List<LocatedJob> jobs = jobs(root, new ScrapeReader(sources, global, paths), names, "");
    if (!jobs.isEmpty()) {
      effective.put("scrape_configs", jobs.stream().map(job -> job.config().effective()).toList());
    }
    others.storage(effective);
    others.tracing(effective);
    others.remote(effective);
    others.otlp(effective);
    root.finish();
    if (files == NamedFiles.LEAVE) {
      return new Document(jobs, effective);
    }
    List<LocatedJob> all = new ArrayList<>(jobs);
    for (int i = 0; i < named.size(); i++) {
      if (named.get(i).isEmpty()) {
        continue; // A null matches nothing.
      }
      all.addAll(fromFiles(root, i, named.get(i), global, names));
    }
    return new Document(all, effective);
  }

  /**
   * @param file empty: the main file
   */
  private List<LocatedJob> jobs(
      Section root, ScrapeReader reader, Map<String, String> names, String file) {
    List<LocatedJob> jobs = new ArrayList<>();
    for (Section section : root.sections("scrape_configs", "empty or null scrape config section")) {
      LocatedJob job = reader.read(section);
      String name = job.config().jobName();
      String first = names.putIfAbsent(name, file);
      if (first != null && !name.isEmpty()) {
        section.error(
            "job_name",
            ScrapeChecks.duplicateJob(
                name,
                file.isEmpty()
                    ? ""
                    : ", first found in " + (first.isEmpty() ? "main config file" : first)));
      }
      boolean asked = only.isEmpty() || only.contains(name);
      if (!asked) {
        section.problems().leaveOut(section);
      }
      if (!job.leftOut() && (asked || !section.problems().hasErrorsIn(section))) {
        jobs.add(job);
      }
    }
    return jobs;
  }

  private List<LocatedJob> fromFiles(
      Section root,
      int index,
      String pattern,
      GlobalReader.Result global,
      Map<String, String> names) {
    List<Path> files;
    try {
      files = Globs.files(pattern);
    } catch (PatternSyntaxException e) {
      root.error(
          "scrape_config_files",
          index,
          "error retrieving scrape config files for \"" + pattern + "\": syntax error in pattern");
      return List.of();
    }
    if (files.isEmpty() && pattern.indexOf('*') < 0) {
      root.warn(
          "scrape_config_files",
          index,
          ProblemKind.MISSING_FILE,
          "file \"" + pattern + "\" does not exist");
    }
    List<LocatedJob> jobs = new ArrayList<>();
    for (Path file : files) {
      ProblemCollector problems = root.problems().ofNamed(file.toString());
      Path folder = file.getParent() == null ? Path.of("") : file.getParent();
      ScrapeReader reader = new ScrapeReader(sources, global, new ConfigPaths(folder));
      try {
        List<LocatedJob> found =
            StrictYaml.read(
                StrictYaml.content(file),
                problems,
                section -> section == null ? List.of() : only(section, reader, names, file));
        jobs.addAll(found == null ? List.of() : found);
      } catch (IOException e) {
        problems.error(ProblemKind.UNREADABLE, StrictYaml.unreadable(e, WHAT));
      }
    }
    return jobs;
  }

  private List<LocatedJob> only(
      Section section, ScrapeReader reader, Map<String, String> names, Path file) {
    SyntaxHints.note(section.node(), section.problems());
    List<LocatedJob> jobs = jobs(section, reader, names, file.toString());
    section.finish();
    return jobs;
  }
}
