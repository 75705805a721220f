package io.promdisco.relabel;

import io.promdisco.Internal;
import io.promdisco.model.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A relabelling rule as it was written. Null means that the key was missing (or, for {@code
 * sourceLabels}, null); a key that was written with null otherwise holds the type's zero value, as
 * Prometheus reads it.
 *
 * @param sourceLabels labels whose values are joined
 * @param separator what joins them; default {@code ;}
 * @param regex what the joined value must match as a whole; default {@code (.*)}
 * @param modulus of {@code hashmod}, an unsigned 64-bit number; default 0
 * @param targetLabel the label that is written
 * @param replacement what is written, with {@code $1} or {@code ${name}}; default {@code $1}
 * @param action one of the eleven, in any case; default {@code replace}
 * @param position where the rule begins, if it comes from a file
 * @hidden
 */
@Internal
public record RelabelSpec(
    @Nullable List<String> sourceLabels,
    @Nullable String separator,
    @Nullable String regex,
    @Nullable Long modulus,
    @Nullable String targetLabel,
    @Nullable String replacement,
    @Nullable String action,
    @Nullable Position position) {}
