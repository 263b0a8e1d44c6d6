using System.Globalization;

namespace Peft.Declarative.Tests.App;

/// <summary>All tests of the console program once more on systems that write numbers and letters in other ways.</summary>
public static class CultureTests
{
    /// <summary>Decimal commas.</summary>
    public sealed class InGerman : PeftConsoleTests
    {
        public InGerman() => Speak("de-DE");
    }

    /// <summary>An i with and one without a dot.</summary>
    public sealed class InTurkish : PeftConsoleTests
    {
        public InTurkish() => Speak("tr-TR");
    }

    /// <summary>Thin blanks between thousands.</summary>
    public sealed class InFrench : PeftConsoleTests
    {
        public InFrench() => Speak("fr-FR");
    }

    /// <summary>Signs of its own, and another calendar.</summary>
    public sealed class InArabic : PeftConsoleTests
    {
        public InArabic() => Speak("ar-SA");
    }

    public sealed class DataInGerman : DataOptionTests
    {
        public DataInGerman() => Speak("de-DE");
    }

    public sealed class DataInTurkish : DataOptionTests
    {
        public DataInTurkish() => Speak("tr-TR");
    }

    public sealed class DataInFrench : DataOptionTests
    {
        public DataInFrench() => Speak("fr-FR");
    }

    public sealed class DataInArabic : DataOptionTests
    {
        public DataInArabic() => Speak("ar-SA");
    }

    public sealed class PromptsInGerman : PromptFormTests
    {
        public PromptsInGerman() => Speak("de-DE");
    }

    public sealed class PromptsInTurkish : PromptFormTests
    {
        public PromptsInTurkish() => Speak("tr-TR");
    }

    public sealed class PromptsInFrench : PromptFormTests
    {
        public PromptsInFrench() => Speak("fr-FR");
    }

    public sealed class PromptsInArabic : PromptFormTests
    {
        public PromptsInArabic() => Speak("ar-SA");
    }

    public sealed class AdaptersInGerman : ForeignAdapterTests
    {
        public AdaptersInGerman() => Speak("de-DE");
    }

    public sealed class AdaptersInTurkish : ForeignAdapterTests
    {
        public AdaptersInTurkish() => Speak("tr-TR");
    }

    public sealed class AdaptersInFrench : ForeignAdapterTests
    {
        public AdaptersInFrench() => Speak("fr-FR");
    }

    public sealed class AdaptersInArabic : ForeignAdapterTests
    {
        public AdaptersInArabic() => Speak("ar-SA");
    }

    private static void Speak(string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        Assert.NotEqual("1,234.5", 1234.5.ToString("N1", CultureInfo.CurrentCulture));
    }
}
