/** Target groups as documents: what files and web servers give, in JSON and YAML. */
@Internal
@NullMarked
package io.promdisco.providers.document;

import io.promdisco.Internal;
import org.jspecify.annotations.NullMarked;
