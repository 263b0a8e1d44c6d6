using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>Arranges the best hypotheses of every prompt as rows.</summary>
internal static class BeamResult
{
    internal static GenerationResult Collect(SearchContext context, IReadOnlyList<BeamHypotheses> hypotheses, int groups)
    {
        (double Score, long[] Ids)[] best =
        [
            .. hypotheses.Chunk(groups).SelectMany(ofPrompt => ofPrompt
                .SelectMany(texts => texts.Finished)
                .OrderByDescending(text => text.Score)
                .Take(context.Options.NumReturnSequences)),
        ];

        // A text that ended has room for the id that ended it. The first id of the list is written, regardless of which one it was.
        long width = Math.Min(best.Max(text => text.Ids.Length) + 1, context.Limit);
        long[,] rows = new long[best.Length, width];
        for (int row = 0; row < best.Length; row++)
        {
            long[] ids = best[row].Ids;
            for (int column = 0; column < width; column++)
            {
                rows[row, column] = column < ids.Length ? ids[column]
                    : column == ids.Length && context.EosTokenIds.Count > 0 ? context.EosTokenIds[0]
                    : context.PadTokenId;
            }
        }

        Device device = context.Session.Device;
        int end = Math.Min(context.EosTokenIds.Count, 1);
        int[] lengths = [.. best.Select(text => (int)Math.Min(text.Ids.Length + end, width) - context.PromptLength)];
        return new GenerationResult(tensor(rows, device: device).MoveToOuterDisposeScope(), context.PromptLength, lengths)
        {
            SequenceScores = tensor([.. best.Select(text => (float)text.Score)], device: device).MoveToOuterDisposeScope(),
        };
    }
}
