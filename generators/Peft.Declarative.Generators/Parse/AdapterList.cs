using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Methods;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Parse;

/// <summary>Reads all adapters of a class, joins attributes on members into one adapter each, and checks them against each other.</summary>
internal static class AdapterList
{
    internal static List<AdapterSpec> Read(IReadOnlyList<AttributeReader> attributes, ParseContext context)
    {
        var adapters = new List<AdapterSpec>();
        foreach (AttributeReader attribute in attributes)
        {
            AdapterMethod method = attribute.Method!;
            AdapterSpec adapter = method.Parse(attribute, context);
            UnusualNumbers.CheckAdapter(attribute, context);
            CheckRate(attribute, context);
            if (adapter.Identity.IsUnnamed && StandsBeside(adapter, method.OwnName, adapters)) adapter = adapter with { Identity = adapter.Identity with { Name = method.OwnName } };
            int earlier = adapters.FindIndex(other => other.Name == adapter.Name);
            if (earlier >= 0 && method.Join(adapters[earlier], adapter) is { } joined)
            {
                adapters[earlier] = joined;
            }
            else
            {
                Check(adapter, adapters, context);
                adapters.Add(adapter);
            }
        }

        return adapters;
    }

    private static void CheckRate(AttributeReader attribute, ParseContext context)
    {
        const string Rate = nameof(AdapterAttribute.LearningRate);
        double? value = attribute.IfSet(Rate, attribute.Value<AdapterAttribute>().LearningRate);
        foreach ((string argument, string text) in NumberRule.Problems([TrainingNumbers.Rate], attribute.Name, context.Model, [(Rate, value)]))
        {
            context.Report(RuleIds.OutOfRange, text, attribute.Place.At(argument));
        }
    }

    /// <summary>Whether another method's adapter already has the default name. On members, several attributes beside it can be one adapter.</summary>
    private static bool StandsBeside(AdapterSpec adapter, string ownName, List<AdapterSpec> earlier) =>
        earlier.Any(other => other.Name == adapter.Name && other.Kind != adapter.Kind)
        && earlier.All(other => other.Kind != adapter.Kind || other.Name == ownName);

    private static void Check(AdapterSpec adapter, List<AdapterSpec> earlier, ParseContext context)
    {
        CheckName(adapter, earlier, adapter.Place.At("Name"), adapter.Kind.OwnName, context);
        foreach (AdapterSpec other in earlier)
        {
            if (Combinations.Conflict(other.Traits, adapter.Traits) is not { } claim) continue;
            context.Report(RuleIds.Incompatible, RuleTexts.Incompatible(other.Method, adapter.Method, claim, context.Model), adapter.Place, other.Place);
            return;
        }
    }

    /// <summary>Replaces each letter that a name cannot have with an underscore; <see langword="null"/> if nothing is left.</summary>
    private static string? Usable(string name)
    {
        string usable = string.Concat(name.Select(letter => char.IsLetterOrDigit(letter) || letter is '-' ? letter : '_')).Trim('_');
        return usable.Length > 0 ? usable : null;
    }

    /// <summary>Adds a number to a name, so that no earlier adapter has it.</summary>
    private static string FreeName(string name, List<AdapterSpec> earlier)
    {
        return Enumerable.Range(2, earlier.Count + 1).Select(number => $"{name}{number}").First(free => earlier.All(other => other.Name != free));
    }

    /// <summary>Reports a name that no file can have, or that another adapter has.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="earlier">Those before it.</param>
    /// <param name="place">The source location of the name.</param>
    /// <param name="proposal">A name in place of an empty one, or with a number in place of another adapter's.</param>
    /// <param name="context">The receiver of the problem.</param>
    internal static void CheckName(AdapterSpec adapter, List<AdapterSpec> earlier, SourcePlace place, string proposal, ParseContext context)
    {
        // The name becomes a folder and part of state keys, in which a dot or a slash would have another meaning.
        if (adapter.Name.Length == 0 || !adapter.Name.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_'))
        {
            string reason = adapter.Name.Length == 0 ? "is empty" : "has letters that file names and keys give a meaning of their own";
            context.Report(RuleIds.DuplicateName, RuleTexts.UnusableName(context.Model, adapter.Name, reason), place, suggestion: Usable(adapter.Name) ?? FreeName(proposal, earlier));
        }
        else if (earlier.FirstOrDefault(other => other.Name == adapter.Name) is { } first)
        {
            string text = RuleTexts.DuplicateName(context.Model, adapter.Name);
            context.Report(RuleIds.DuplicateName, text, place, first.Place, FreeName(proposal, earlier));
        }
    }
}
