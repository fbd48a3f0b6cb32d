import time

from deploy.run.commands import today


def test_the_status_says_what_day_the_business_clock_shows() -> None:
    # Friday 8 March 2024, then Monday, then the middle of Tuesday
    origin = time.time() - 2.5 * 1000
    settings = {
        "GONGJIANG_CLOCK": f"demonstration:2024-03-08:{origin:.3f}:1000",
        "GONGJIANG_ENVIRONMENT": "demonstration",
    }
    assert "the business clock says 2024-03-12" in today(settings)
