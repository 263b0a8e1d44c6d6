using Peft.Declarative.Text.Errors;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Methods.Ia3;

/// <summary>Reads [Ia3].</summary>
internal static class Ia3Parser
{
    private const string Names = "FeedForward";
    private const string Pattern = "FeedForwardPattern";
    private const string Every = ".*";

    internal static Ia3Spec Parse(AttributeReader attribute, ParseContext context)
    {
        bool onMember = attribute.Place.Member.Length > 0;
        bool scalesInput = attribute.Value<bool>("ScalesInput") ?? false;
        string[] set = new[] { Names, Pattern }.Where(attribute.IsSet).Concat(scalesInput ? ["ScalesInput"] : []).ToArray();
        if (!onMember && set.Length > 1)
            context.Report(RuleIds.SelectorsClash, RuleTexts.SelectorsClash(attribute.Method, set[0], set[1]), attribute.Place.At(set[1]));

        return new Ia3Spec
        {
            Name = attribute.Text("Name") ?? "default",
            Place = attribute.Place,
            Written = attribute.Written,
            FeedForward = !onMember ? attribute.Texts(Names) : scalesInput ? new[] { Selectors.MemberPath(attribute, context) }.ToEquatableArray() : default(EquatableArray<string>),
            FeedForwardPattern = onMember ? null : scalesInput ? Every : attribute.Text(Pattern),
        };
    }

    /// <summary>Members may differ in their side: the file names those that are scaled on the input.</summary>
    internal static (Ia3Spec Joined, Ia3Spec Member) Reconcile(Ia3Spec earlier, Ia3Spec member)
    {
        EquatableArray<string> names = (earlier.FeedForward ?? default).Concat(member.FeedForward ?? default).ToEquatableArray();
        return (earlier with { FeedForward = names }, member with { FeedForward = names });
    }
}
