using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Unadapted models against the reference library: logits, loss and greedy generation.</summary>
public sealed class BaseModelTests
{
    public static TheoryData<string> Models { get; } = FixtureCase.Root is { } root
        ? [.. Directory.GetDirectories(Path.Combine(root, "models")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)]
        : [];

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Base_OfEveryFamily_MatchesReference(string name)
    {
        string folder = Path.Combine(FixtureCase.Root!, "models", name);
        string type = ModelCatalog.TypeOf(folder);
        Skip.IfNot(ModelCatalog.KnownTypes.Contains(type), $"The family '{type}' is not implemented yet.");

        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = ModelCatalog.Load(folder);
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(folder, "base_expected.safetensors"));
        model.eval();
        FixtureModel kind = FixtureModel.Of(model);
        Tensor ids = expected.Read("input_ids"), mask = expected.Read("attention_mask"), labels = expected.Read("labels");

        Close.To(kind.Compared(expected.Read("logits"), mask), kind.Compared(kind.Logits(ids, mask, labels), mask), 1e-4, "logits");
        Close.To(expected.Read("loss").squeeze(), kind.Loss(ids, mask, labels), 1e-5, "loss");
        if (expected.Contains("gen.output_ids"))
        {
            GenerationCheck.Run(kind, expected.Read("gen.input_ids"), expected.Read("gen.attention_mask"), expected.Read("gen.output_ids"));
        }
    }
}
