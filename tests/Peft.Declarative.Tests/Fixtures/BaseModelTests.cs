using Peft.Declarative.Checkpoints;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Training;
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
        using CausalLanguageModel model = (CausalLanguageModel)ModelCatalog.Load(folder);
        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(folder, "base_expected.safetensors"));
        model.eval();
        Tensor mask = expected.Read("attention_mask");
        Tensor logits = model.Logits(new ModelInput(expected.Read("input_ids")) { AttentionMask = mask });
        Tensor loss = Losses.NextTokenSum(logits, expected.Read("labels")) / LabelCount(expected.Read("labels"));

        Close.To(Masked(expected.Read("logits"), mask), Masked(logits, mask), 1e-4, "logits");
        Close.To(expected.Read("loss").squeeze(), loss, 1e-5, "loss");
        GenerationCheck.Run(model, expected.Read("gen.input_ids"), expected.Read("gen.attention_mask"), expected.Read("gen.output_ids"));
    }

    /// <summary>Rows of the logits that are compared: padding depends on how a fully masked row is treated.</summary>
    internal static Tensor Masked(Tensor logits, Tensor mask) => logits.masked_select(mask.to(ScalarType.Bool).unsqueeze(-1));

    internal static long LabelCount(Tensor labels) => labels.narrow(1, 1, labels.size(1) - 1).ne(-100).sum().item<long>();
}
