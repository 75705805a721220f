package io.promdisco.monitors;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that yields no job, and why.
 *
 * @param kind null if it is no single object
 * @param namespace empty if it is no single object
 * @param name empty if it is no single object
 * @param job the job that is left out; empty: all of the object
 * @param message what is wrong, in the operator's words where it has some; no secret ever
 */
public record Rejection(
    @Nullable MonitorKind kind,
    String namespace,
    String name,
    String job,
    Reason reason,
    String message) {
  /** By kind, namespace and name; for rejections of resources. */
  static final Comparator<Rejection> ORDER =
      Comparator.comparing(Rejection::kind, Comparator.nullsFirst(Comparator.naturalOrder()))
          .thenComparing(Rejection::namespace)
          .thenComparing(Rejection::name);

  /** Why. */
  public enum Reason {
    /** The object is refused. */
    INVALID_CONFIGURATION("InvalidConfiguration"),
    /** A Secret or ConfigMap that it names cannot be read; jobs that it had before stay. */
    DATA_NOT_READ("DataNotRead"),
    /** The settings select neither it nor its namespace. */
    NOT_SELECTED("NotSelected"),
    /** The job names files, which {@code deny_fs_access_through_sms} forbids. */
    DENIED_FS_ACCESS("DeniedFSAccess"),
    /** The settings are refused. */
    INVALID_SETTINGS("InvalidSettings"),
    /** A selector of the settings is refused: nothing can be selected. */
    SELECTION_ERROR("SelectionError");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** As it is printed. */
    public String text() {
      return text;
    }
  }

  static Rejection of(MonitorObject object, Reason reason, String message) {
    return new Rejection(object.kind(), object.namespace(), object.name(), "", reason, message);
  }

  static Rejection of(Reason reason, String message) {
    return new Rejection(null, "", "", "", reason, message);
  }

  static Rejection ofJob(MonitorObject object, String job, String message) {
    return new Rejection(
        object.kind(), object.namespace(), object.name(), job, Reason.DENIED_FS_ACCESS, message);
  }

  /** Whether something is wrong, rather than left out on purpose. */
  public boolean isError() {
    return reason != Reason.NOT_SELECTED && reason != Reason.DENIED_FS_ACCESS;
  }

  /** The fields that have a value, by name. */
  public Map<String, Object> document() {
    Map<String, Object> map = new LinkedHashMap<>();
    if (kind != null && job.isEmpty()) {
      map.put("kind", kind.kind());
      map.put("namespace", namespace);
      map.put("name", name);
    }
    if (!job.isEmpty()) {
      map.put("job", job);
    }
    map.put("reason", reason.text());
    map.put("message", message);
    return map;
  }

  /** {@code servicemonitor/shop/web: InvalidConfiguration: …}. */
  @Override
  public String toString() {
    String place =
        kind == null || !job.isEmpty() ? job : kind.text() + "/" + namespace + "/" + name;
    return (place.isEmpty() ? "" : place + ": ") + reason.text() + ": " + message;
  }
}
