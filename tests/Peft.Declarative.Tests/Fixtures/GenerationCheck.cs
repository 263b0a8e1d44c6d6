using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Greedy generation of a case: twelve tokens, end of text ignored, with the cache.</summary>
internal static class GenerationCheck
{
    internal static void Run(FixtureCase fixture, FixtureModel model)
    {
        if (!fixture.Has("gen.output_ids"))
        {
            return;
        }

        Tensor ids = fixture["gen.input_ids"];
        Tensor mask = fixture["gen.attention_mask"];
        Tensor expected = fixture["gen.output_ids"];
        if (ReferenceFaults.Of(fixture, "generation") is not null)
        {
            Close.Bits(Generate(model, ids, mask, useCache: false), Generate(model, ids, mask), "generation with the cache");
            return;
        }

        if (fixture.Json["gen_check"]?["row1_equals_unpadded_full_forward"]?.GetValue<bool>() ?? true)
        {
            Run(model, ids, mask, expected);
            return;
        }

        // With virtual tokens the reference library counts padding as positions, so its padded rows differ from the same text alone.
        // Here padding is invisible: rows without it match the reference, rows with it match themselves without it.
        for (long row = 0; row < ids.size(0); row++)
        {
            long padding = mask[row].eq(0).sum().item<long>();
            Tensor alone = ids[row].narrow(0, padding, ids.size(1) - padding).unsqueeze(0);
            Tensor reference = padding == 0 ? expected[row].unsqueeze(0) : Generate(model.OfRow((int)row), alone, ones_like(alone));
            Tensor padded = Generate(model, ids, mask)[row];
            Close.Bits(reference.squeeze(0), padded.narrow(0, padding, padded.size(0) - padding), $"generation of row {row}");
        }
    }

    internal static void Run(FixtureModel model, Tensor ids, Tensor mask, Tensor expected) =>
        Close.Bits(expected, Generate(model, ids, mask), "generation");

    private static Tensor Generate(FixtureModel model, Tensor ids, Tensor mask, bool useCache = true) =>
        model.Generate(ids, mask, new GenerationOptions { MaxNewTokens = 12, EosTokenIds = [], UseCache = useCache });
}
