package io.promdisco.relabel;

import io.promdisco.Internal;
import io.promdisco.model.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A relabel rule as it was written. A field is null if its key is missing (or, for {@code
 * sourceLabels}, null). For another key with null, the field has the zero value of its type, as in
 * Prometheus.
 *
 * @param sourceLabels labels whose values are joined
 * @param separator the text between them; default {@code ;}
 * @param regex the regex for the whole joined value; default {@code (.*)}
 * @param modulus the modulus of {@code hashmod}, an unsigned 64-bit number; default 0
 * @param targetLabel the label that is written
 * @param replacement the value to write, with {@code $1} or {@code ${name}}; default {@code $1}
 * @param action one of the eleven actions, in any case; default {@code replace}
 * @param position the place of the rule, if it comes from a file
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
