using System.Globalization;
using System.Text.RegularExpressions;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;

namespace Peft.Declarative.Tests.Declared;

/// <summary>What a declaration says while it is typed, by the base's config alone, against what then stands on the model.</summary>
public sealed partial class DeclaredCountTests
{
    private static readonly string[] Attributes =
    [
        "AdaLora(initialRank: 4, targetRank: 2)",
        "Bottleneck(reduction: 4, Targets = [\"attention\", \"mlp\"])",
        "Bottleneck(reduction: 4, Gated = true, LearnedScale = ScaleLearning.Channel, NormBefore = true)",
        "Dora(rank: 2)",
        "FullFineTuning",
        "FullFineTuning(LastBlocks = 1)",
        "Ia3",
        "LayerNormTuning",
        "LoHa(rank: 4)",
        "LoHa(rank: 2, RankPattern = [@\".*\\.1\\..*=3\"])",
        "LoKr(rank: 2)",
        "LoKr(rank: 1, DecomposeBoth = true, DecomposeFactor = 8, Targets = [\"all-linear\"])",
        "Lora(rank: 4)",
        "Lora(rank: 4, Targets = [\"all-linear\"])",
        "MixAndMatch(5, ProjectionHidden = 7, Reduction = 3)",
        "ParallelBottleneck(reduction: 2)",
        "MultitaskPromptTuning(5, tasks: 3, ranks: 2)",
        "PTuning(5, Hidden = 8)",
        "Poly(rank: 2, tasks: 3)",
        "Poly(rank: 3, tasks: 2, skills: 2, splits: 2, Targets = [\"all-linear\"])",
        "PrefixTuning(3)",
        "PrefixTuning(3, Projection = true, ProjectionHidden = 5)",
        "PrefixTuning(3, Placement = PrefixPlacement.Beside)",
        "PrefixTuning(3, Placement = PrefixPlacement.Beside, Projection = true, ProjectionHidden = 5, Gated = true)",
        "PromptTuning(5)",
        "SparseMask(0.1, Choice = MaskChoice.Magnitude)",
        "UniPelt(5, ProjectionHidden = 7, Reduction = 3, Rank = 2)",
        "Vera(rank: 8)",
    ];

    public static TheoryData<string> Families { get; } =
        [.. Directory.GetDirectories(Path.Combine(FixtureCase.Root!, "models")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Families))]
    public void Table_OfEveryMethod_CountsWhatIsThenTrained(string family)
    {
        string folder = Path.Combine(FixtureCase.Root!, "models", family);
        string[] classes = [.. Attributes.Select((attribute, i) => DeclarationSource.Class($"Persona{i}", $"BaseConfig(\"config.json\"), {attribute}", ModelCatalog.TypeOf(folder)))];
        DeclaredAssembly declared = DeclaredAssembly.Compile(classes, Path.Combine(folder, "config.json"));
        long inBase;
        using (PretrainedModel plain = ModelCatalog.Load(folder))
        {
            inBase = plain.parameters().Sum(parameter => parameter.numel());
        }

        Assert.All(Attributes.Select((attribute, i) => (attribute, i)), entry =>
        {
            string table = declared.Table($"Persona{entry.i}");
            using PretrainedModel model = declared.FromPretrained($"Persona{entry.i}", folder);
            long trained = model.TrainableParameters.Sum(parameter => parameter.Value.numel());

            Assert.True(Counts().Match(table) is { Success: true } match
                && (Number(match, 1), Number(match, 2)) == (trained, trained + inBase), $"{entry.attribute}: trains {trained} beside {inBase}\n{table}");
        });
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].ValueSpan, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"trainable ([\d,]+) of ([\d,]+) ")]
    private static partial Regex Counts();
}
