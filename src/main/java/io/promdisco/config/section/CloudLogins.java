package io.promdisco.config.section;

import io.promdisco.config.Problem;
import io.promdisco.config.Secret;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the credentials for clouds, which {@code remote_write} and {@code alertmanagers} may have;
 * they are checked and shown only.
 */
final class CloudLogins {
  private static final Pattern SESSION = Pattern.compile("[A-Za-z0-9_+=,.@-]{2,64}");
  private static final Pattern SCOPE = Pattern.compile("[A-Za-z0-9_\\t\\n\\f\\r :/.-]+");
  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{32}");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final String URN = "urn:uuid:";
  private static final int UUID_LENGTH = 36;
  private static final int LONGEST_TAG = 128;
  private static final int LONGEST_TAG_VALUE = 256;
  private static final String DEFAULT_CLOUD = "AzurePublic";
  private static final List<String> CLOUDS =
      List.of("AzureChina", "AzureGovernment", DEFAULT_CLOUD);

  private final Section parent;

  /**
   * @param parent the section that may have credentials
   */
  CloudLogins(Section parent) {
    this.parent = parent;
  }

  /** The credentials that are set, by key, as they are shown. */
  Map<String, Map<String, Object>> all() {
    Map<String, Map<String, Object>> logins = new LinkedHashMap<>();
    sigv4().ifPresent(shown -> logins.put("sigv4", shown));
    azure().ifPresent(shown -> logins.put("azuread", shown));
    google().ifPresent(shown -> logins.put("google_iam", shown));
    return logins;
  }

  /** Those of Amazon. */
  Optional<Map<String, Object>> sigv4() {
    Section login = parent.section("sigv4");
    if (login == null) {
      return Optional.empty();
    }
    String accessKey = login.string("access_key");
    Secret secretKey = login.secret("secret_key");
    String role = login.string("role_arn");
    String externalId = login.string("external_id");
    String session = login.string("session_name");
    Map<String, String> tags = login.stringMap("tags");
    if (accessKey.isEmpty() != secretKey.isEmpty()) {
      login.error(
          accessKey.isEmpty() ? "access_key" : "secret_key",
          "access_key and secret_key must be set together");
    }
    if (role.isEmpty()) {
      for (String key : List.of("external_id", "session_name", "tags")) {
        boolean set = key.equals("tags") ? !tags.isEmpty() : !login.string(key).isEmpty();
        if (set) {
          login.error(key, key + " can only be used with role_arn");
        }
      }
    }
    if (!session.isEmpty() && !SESSION.matcher(session).matches()) {
      login.error(
          "session_name",
          "\"" + session + "\" (expected: 2 to 64 letters, digits and characters of _+=,.@-)");
    }
    tags.forEach((name, value) -> checkTag(login, name, value));
    Map<String, Object> shown =
        new Shown()
            .unlessZero("region", login.string("region"))
            .unlessZero("access_key", accessKey)
            .unlessZero("secret_key", secretKey)
            .unlessZero("profile", login.string("profile"))
            .unlessZero("role_arn", role)
            .unlessZero("external_id", externalId)
            .unlessZero("session_name", session)
            .unlessZero("tags", tags)
            .unlessZero("use_fips_sts_endpoint", login.bool("use_fips_sts_endpoint", false))
            .unlessZero("service_name", login.string("service_name"))
            .map();
    login.finish();
    return Optional.of(shown);
  }

  private static void checkTag(Section login, String name, String value) {
    if (name.isEmpty()) {
      login.entryError("tags", name, "tag key must not be empty");
    }
    if (bytes(name) > LONGEST_TAG) {
      login.entryError(
          "tags", name, "tag key \"" + name + "\" exceeds the maximum length of " + LONGEST_TAG);
    }
    if (bytes(value) > LONGEST_TAG_VALUE) {
      login.entryError(
          "tags",
          name,
          "the value of tag \"" + name + "\" exceeds the maximum length of " + LONGEST_TAG_VALUE);
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** A way to authenticate with Azure: what it reads and how it is shown. */
  private interface Way {
    Map<String, Object> read(Section section);
  }

  private Optional<Map<String, Object>> azure() {
    Section login = parent.section("azuread");
    if (login == null) {
      return Optional.empty();
    }
    String cloud = login.string("cloud");
    String chosen = cloud.isEmpty() ? DEFAULT_CLOUD : cloud;
    if (!CLOUDS.contains(chosen)) {
      login.error(
          "cloud",
          "\""
              + cloud
              + "\" (expected: one of "
              + String.join(", ", CLOUDS)
              + Problem.hint(cloud, CLOUDS)
              + ")");
    }
    Shown shown = new Shown();
    int ways = 0;
    ways += way(login, "managed_identity", CloudLogins::managedIdentity, shown);
    ways += way(login, "workload_identity", CloudLogins::workloadIdentity, shown);
    ways += way(login, "oauth", CloudLogins::oauth, shown);
    ways += way(login, "sdk", CloudLogins::sdk, shown);
    ways += way(login, "certificate", CloudLogins::certificate, shown);
    if (ways != 1) {
      login.error(
          (ways == 0 ? "no way" : ways + " ways")
              + " to authenticate (expected: exactly one of managed_identity, workload_identity,"
              + " oauth, sdk, certificate)");
    }
    String scope = login.string("scope");
    if (!scope.isEmpty() && !SCOPE.matcher(scope).matches()) {
      login.error("scope", "the scope contains invalid characters (expected: a URL)");
    }
    login.finish();
    return Optional.of(shown.always("cloud", chosen).unlessZero("scope", scope).map());
  }

  private static int way(Section login, String key, Way way, Shown shown) {
    Section section = login.layeredSection(key);
    if (section == null) {
      return 0;
    }
    shown.always(key, way.read(section));
    section.finish();
    return 1;
  }

  private static Map<String, Object> managedIdentity(Section section) {
    return new Shown().unlessZero("client_id", uuid(section, "client_id", false)).map();
  }

  private static Map<String, Object> workloadIdentity(Section section) {
    String file = section.string("token_file_path");
    return new Shown()
        .unlessZero("client_id", uuid(section, "client_id", true))
        .unlessZero("tenant_id", uuid(section, "tenant_id", true))
        .unlessZero("token_file_path", file.isEmpty() ? tokenFile() : file)
        .map();
  }

  private static String tokenFile() {
    String file = System.getenv("AZURE_FEDERATED_TOKEN_FILE");
    return file == null || file.isEmpty()
        ? "/var/run/secrets/azure/tokens/azure-identity-token"
        : file;
  }

  private static Map<String, Object> oauth(Section section) {
    Secret secret = section.secret("client_secret");
    if (secret.isEmpty()) {
      required(section, "client_secret");
    }
    return new Shown()
        .unlessZero("client_id", uuid(section, "client_id", true))
        .unlessZero("client_secret", secret)
        .unlessZero("tenant_id", text(section, "tenant_id"))
        .map();
  }

  private static Map<String, Object> sdk(Section section) {
    return new Shown().unlessZero("tenant_id", section.string("tenant_id")).map();
  }

  private static Map<String, Object> certificate(Section section) {
    return new Shown()
        .unlessZero("client_id", uuid(section, "client_id", true))
        .unlessZero("tenant_id", text(section, "tenant_id"))
        .unlessZero("certificate_path", text(section, "certificate_path"))
        .unlessZero("certificate_key_path", section.string("certificate_key_path"))
        .unlessZero("certificate_password", section.secret("certificate_password"))
        .unlessZero("send_certificate_chain", section.bool("send_certificate_chain", false))
        .map();
  }

  private static String text(Section section, String key) {
    String text = section.string(key);
    if (text.isEmpty()) {
      required(section, key);
    }
    return text;
  }

  private static void required(Section section, String key) {
    section.error(key, key + " must be set");
  }

  private static String uuid(Section section, String key, boolean required) {
    String text = required ? text(section, key) : section.string(key);
    if (!text.isEmpty() && !isUuid(text)) {
      section.error(
          key, "\"" + text + "\" is no UUID (expected: as 00000000-1111-2222-3333-444444444444)");
    }
    return text;
  }

  /** As Azure's library reads them: also with braces, as a URN or without dashes. */
  private static boolean isUuid(String text) {
    String bare =
        text.length() == UUID_LENGTH + URN.length() && text.toLowerCase(Locale.ROOT).startsWith(URN)
            ? text.substring(URN.length())
            : text.length() == UUID_LENGTH + 2 ? text.substring(1, UUID_LENGTH + 1) : text;
    return UUID.matcher(bare).matches() || HEX.matcher(text).matches();
  }

  /** Those of Google. */
  private Optional<Map<String, Object>> google() {
    Section login = parent.layeredSection("google_iam");
    if (login == null) {
      return Optional.empty();
    }
    Map<String, Object> shown =
        new Shown().unlessZero("credentials_file", login.string("credentials_file")).map();
    login.finish();
    return Optional.of(shown);
  }
}
