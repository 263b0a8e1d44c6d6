using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Repeats the unnamed adapter of a class for every name of [Personas], and checks that there is one that can be repeated.</summary>
internal static class PersonaList
{
    /// <summary>Gets the adapters with those that [Personas] adds in place of the one that it repeats.</summary>
    internal static List<AdapterSpec> Repeat(List<AdapterSpec> adapters, AttributeReader? personas, ParseContext context)
    {
        if (personas is null || adapters.Count == 0) return adapters;

        string[] names = personas.Value<PersonasAttribute>().Names;
        List<AdapterSpec> unnamed = adapters.Where(adapter => adapter.Identity.IsUnnamed).ToList();
        string? unclear = names.Length == 0 ? RuleTexts.NobodyNamed(context.Model)
            : unnamed.Count == 0 ? RuleTexts.NothingToRepeat(context.Model, adapters.Select(adapter => adapter.Name).ToList())
            : null;
        if (unclear is not null) context.Report(RuleIds.PersonasUnclear, unclear, personas.Place);
        if (unnamed.Count > 1)
        {
            string text = RuleTexts.RepeatsTwo(context.Model, unnamed[0].Method, unnamed[1].Method);
            context.Report(RuleIds.PersonasUnclear, text, unnamed[1].Place, personas.Place, unnamed[1].Kind.OwnName);
        }

        if (unclear is not null || unnamed.Count != 1) return adapters;

        AdapterSpec repeated = unnamed[0];
        if (names.Length > 1 && Combinations.Conflict(repeated.Traits, repeated.Traits) is { } claim)
            context.Report(RuleIds.Incompatible, RuleTexts.CannotRepeat(context.Model, repeated.Method, claim), personas.Place, repeated.Place);
        return Repeat(adapters, repeated, personas, names, context);
    }

    private static List<AdapterSpec> Repeat(List<AdapterSpec> adapters, AdapterSpec repeated, AttributeReader attribute, string[] names, ParseContext context)
    {
        EquatableArray<string> personas = names.ToEquatableArray();
        List<AdapterSpec> all = adapters.Where(adapter => adapter != repeated).ToList();
        var copies = new List<AdapterSpec>();
        for (int i = 0; i < names.Length; i++)
        {
            AdapterIdentity identity = repeated.Identity with { Name = names[i], Personas = personas };
            AdapterSpec copy = repeated with { Identity = identity };
            AdapterList.CheckName(copy, all, attribute.Place.At("names", i), names[i].Length > 0 ? names[i] : repeated.Kind.OwnName, context);
            all.Add(copy);
            copies.Add(copy);
        }

        return adapters.SelectMany(adapter => adapter == repeated ? copies : [adapter]).ToList();
    }
}
