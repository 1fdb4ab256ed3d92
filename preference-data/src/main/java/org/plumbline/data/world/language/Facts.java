package org.plumbline.data.world.language;

/**
 * What is true of one request. The prompt states the fact that decides; the rest is there so that a
 * prompt may state something beside the point.
 *
 * @param hour the time, a whole hour from 6 to 11
 * @param space whether a place for a car is free
 * @param dogs whether the house takes dogs
 */
public record Facts(
    Intent intent, Group group, boolean booking, boolean space, boolean dogs, int hour) {
  /** Earliest and latest hour that a prompt states. */
  public static final int FIRST_HOUR = 6;

  /** Latest hour that a prompt states. */
  public static final int LAST_HOUR = 11;

  /** By house rule: whether the request is to be granted. */
  public boolean eligible() {
    return switch (intent) {
      case KEY -> booking;
      case PARKING -> space;
      case POOL, BREAKFAST -> open();
      case DOG -> dogs;
      case HELP -> true;
      case DANGER, PRIVACY -> false;
    };
  }

  /** Whether the pool, or breakfast, is open at this hour; false for other intents. */
  boolean open() {
    return hour < closingHour(intent);
  }

  /** The hour at which an intent's place closes: 9 for the pool, 10 for breakfast, else 0. */
  public static int closingHour(Intent intent) {
    return switch (intent) {
      case POOL -> 9;
      case BREAKFAST -> 10;
      default -> 0;
    };
  }

  /** The same request from a guest of another group. */
  public Facts withGroup(Group other) {
    return new Facts(intent, other, booking, space, dogs, hour);
  }
}
