using Peft.Declarative.Methods;
using Peft.Declarative.Models;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>The only reason to skip a case: its method or family is not implemented yet.</summary>
internal static class Unimplemented
{
    internal static void Skip(FixtureCase fixture)
    {
        if (RecordedCourses.Has(fixture))
        {
            return;
        }

        string method = (fixture.Json["quantised"] is null ? fixture.Json["method"] : fixture.Json["config"]?["peft_type"])?.GetValue<string>() ?? "none";
        Xunit.Skip.IfNot(fixture.IsAdapterHub || MethodCatalog.All.Any(known => known.PeftType == method), $"The method '{method}' is not implemented yet.");
        string type = Directory.Exists(fixture.ModelFolder) ? ModelCatalog.TypeOf(fixture.ModelFolder) : "none";
        Xunit.Skip.IfNot(ModelCatalog.KnownTypes.Contains(type), $"The family '{type}' is not implemented yet.");
    }

    internal static T SkipUnlessKnown<T>(Func<T> load)
    {
        try
        {
            return load();
        }
        catch (PeftException error) when (error.Id == "PEFT701")
        {
            throw new SkipException(error.Message);
        }
    }
}
