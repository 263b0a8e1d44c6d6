using System.Text.RegularExpressions;

namespace Peft.Declarative.Generators.Tests.Structure;

/// <summary>Whoever writes an attribute sees in the editor how it is used.</summary>
public partial class ExampleTests
{
    [Fact]
    public void Attribute_ThatUsersWrite_HasAnExample()
    {
        string[] without =
        [
            .. from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Peft.Declarative"), "*Attribute.cs", SearchOption.AllDirectories)
               let text = File.ReadAllText(file).ReplaceLineEndings("\n")
               from Match type in Attribute().Matches(text)
               where !type.Groups["docs"].Value.Contains("<example>", StringComparison.Ordinal)
               select type.Groups["name"].Value,
        ];

        Assert.Empty(without.Except(OnFamilies));
    }

    // Only families that this library ships say these of themselves.
    private static readonly string[] OnFamilies =
    [
        "AttentionSizeAttribute", "BlocksAttribute", "ConfigDefaultAttribute", "DefaultTargetsAttribute", "KeyValueSizeAttribute", "ModelTypesAttribute",
        "SizeOutsideSlotsAttribute", "SlotAttribute", "SublayerAttribute", "TrainedHeadAttribute",
    ];

    [GeneratedRegex(@"(?<docs>(?:^///.*\n)+)(?:^\[.*\]\n)*^public sealed (?:partial )?class (?<name>\w+Attribute)\b", RegexOptions.Multiline)]
    private static partial Regex Attribute();
}
