package io.promdisco.config.section;

import io.promdisco.Internal;
import io.promdisco.config.FileSdConfig;
import io.promdisco.config.SdChecks;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import java.time.Duration;
import java.util.List;

/**
 * Reads {@code file_sd_configs}.
 *
 * @hidden
 */
@Internal
public final class FileSdReader {
  private static final Setting<List<String>> FILES =
      Setting.of("files", "list of files", "", FileSdReader::files).always();
  private static final Setting<Duration> REFRESH = RefreshInterval.setting(Duration.ofMinutes(5));
  static final SectionTable TABLE = SectionTable.of("file_sd_configs", FILES, REFRESH);

  private FileSdReader() {}

  /** The reader. */
  public static SdConfigReader reader() {
    return new SdTableReader(
        TABLE, given -> new FileSdConfig(given.get(FILES), given.get(REFRESH)));
  }

  private static List<String> files(Section section, String key, ConfigPaths paths) {
    List<String> files = section.texts(key);
    SdChecks.checkFiles(files, section::note);
    List<String> resolved = files.stream().map(paths::resolve).toList();
    section.problems().onceRead(section, () -> TargetFileChecks.check(section, resolved));
    return resolved;
  }
}
