/**
 * What every stage shares: the stage itself, its artifact directory, the recipe's config records,
 * metrics, progress and the errors a user sees.
 */
package org.plumbline.stage;
