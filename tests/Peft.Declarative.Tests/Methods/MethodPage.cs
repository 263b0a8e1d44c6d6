using Peft.Declarative.Declaration;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Tests.Methods;

/// <summary>The line of facts under the title of a method's page, written from the catalog.</summary>
internal static class MethodPage
{
    internal static string Facts(MethodFacts method) =>
        $"> Class: {MethodTable.Title(method.Class)} · position: {method.Place} · layers: {Layers(method)} · merges: {(method.Merges ? "yes" : "no")}"
        + (method.Paper.Length == 0 ? "" : $" · paper: {MethodTable.Paper(method)}");

    /// <summary>A page with its line of facts in place, which follows the title.</summary>
    internal static string With(string page, MethodFacts method)
    {
        string[] lines = page.ReplaceLineEndings("\n").Split('\n');
        string[] rest = lines[2].StartsWith('>') ? lines[4..] : lines[2..];
        return string.Join('\n', [lines[0], "", Facts(method), "", .. rest]);
    }

    private static string Layers(MethodFacts method) => method.Adaptable.Count == 0
        ? "none"
        : string.Join(", ", method.Adaptable.Select(kind => LayerKinds.InWords(kind).Split(' ', 2)[1]));
}
