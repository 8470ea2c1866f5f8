using Pyflame.Profiles.Export.Pages;

namespace Pyflame.Tests.Profiles.Export;

public sealed class PageTextTests
{
    [Theory]
    [InlineData("plain <text> & \"more\"", "plain <text> & \"more\"")]
    [InlineData("数える πρό שלום مرحبا 🐍 é", "数える πρό שלום مرحبا 🐍 é")]
    [InlineData("نمی\u200cخواهم", "نمی\u200cخواهم")]
    [InlineData("a\nb\rc\td\0e\u001bf", "a\\nb\\rc\\td\\x00e\\x1bf")]
    [InlineData("a\u007fb\u0085c\u00add", "a\\x7fb\\x85c\\xadd")]
    [InlineData("a\u202eb\u2066c\u2069d\u200fe\u061cf", "a\\u202eb\\u2066c\\u2069d\\u200fe\\u061cf")]
    [InlineData("a\u200bb\ufeffc\u2028d\u2029e", "a\\u200bb\\ufeffc\\u2028d\\u2029e")]
    [InlineData("a\ufffeb\uffffc\U0001ffffd", "a\\ufffeb\\uffffc\\U0001ffffd")]
    [InlineData("tag\U000e0041", "tag\\U000e0041")]
    public void What_does_not_show_is_spelled_as_in_Python(string text, string expected) =>
        Assert.Equal(expected, PageText.Visible(text));

    [Fact]
    public void Half_a_surrogate_pair_is_spelled() => Assert.Equal("a\\ud800b\\udc80", PageText.Visible("a\ud800b\udc80"));

    [Fact]
    public void Tabs_stay_in_lines_of_code() => Assert.Equal("\tx\\x0c", PageText.Visible("\tx\f", keepTabs: true));

    [Fact]
    public void Markup_is_escaped() =>
        Assert.Equal("&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;]]&gt;\\n", PageText.Markup("<a b=\"c\" d='e'>&amp;]]>\n"));

    [Theory]
    [InlineData(0, 10, "0 %")]
    [InlineData(1, 0, "0 %")]
    [InlineData(10, 10, "100 %")]
    [InlineData(1, 3, "33.3 %")]
    [InlineData(1, 200, "0.50 %")]
    [InlineData(1, 20000, "0.005 %")]
    public void Shares_keep_the_digits_that_count(double part, double whole, string expected) =>
        Assert.Equal(expected, PageText.Share(part, whole));

    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(1.5, "1.5 ms")]
    [InlineData(340, "340 ms")]
    [InlineData(12_340, "12.34 s")]
    [InlineData(245_000, "4 min 05 s")]
    [InlineData(7_500_000, "2 h 05 min")]
    public void Durations_are_in_the_unit_that_suits(double milliseconds, string expected) =>
        Assert.Equal(expected, PageText.Duration(TimeSpan.FromMilliseconds(milliseconds)));
}
