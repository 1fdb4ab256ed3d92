/** Recipes, the run around the stages, and what joins ports to models. */
package org.plumbline.pipeline;
