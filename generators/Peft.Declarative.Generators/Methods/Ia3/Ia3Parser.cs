using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.Ia3;

/// <summary>Parses [Ia3].</summary>
internal static class Ia3Parser
{
    private const string Every = ".*";

    internal static Ia3Spec Parse(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<Ia3Attribute>();
        bool onMember = attribute.Place.Member.Length > 0;
        string[] set = new[] { nameof(declared.FeedForward), nameof(declared.FeedForwardPattern) }
            .Where(attribute.IsSet)
            .Concat(declared.ScalesInput ? [nameof(declared.ScalesInput)] : [])
            .ToArray();
        if (!onMember && set.Length > 1)
            context.Report(RuleIds.SelectorsClash, RuleTexts.SelectorsClash(attribute.Name, set[0], set[1]), attribute.Place.At(set[1]));

        return new Ia3Spec(attribute.Identity)
        {
            FeedForward = !onMember ? declared.FeedForward?.ToEquatableArray()
                : declared.ScalesInput ? new[] { Selectors.MemberPath(attribute, context) }.ToEquatableArray()
                : default(EquatableArray<string>),
            FeedForwardPattern = onMember ? null : declared.ScalesInput ? Every : declared.FeedForwardPattern,
        };
    }

    /// <summary>Members can differ in their side: the file lists those that are scaled on the input.</summary>
    internal static (Ia3Spec Joined, Ia3Spec Member) Reconcile(Ia3Spec earlier, Ia3Spec member)
    {
        EquatableArray<string> names = (earlier.FeedForward ?? default).Concat(member.FeedForward ?? default).ToEquatableArray();
        return (earlier with { FeedForward = names }, member with { FeedForward = names });
    }
}
