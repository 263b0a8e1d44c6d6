using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Generation;

/// <summary>
/// Moves scores away from those of the model without the prompt: scale · (with − without) + without, in log-probabilities (Sanchez et al. 2023).
/// "Without" starts at the prompt's last token.
/// </summary>
internal sealed class ClassifierFreeGuidance(IContinuable model, double scale, int promptLength, int limit, bool useCache)
    : ILogitsProcessor, IDisposable
{
    private DecodingSession? _unprompted;

    public Tensor Process(Tensor inputIds, Tensor scores)
    {
        Tensor last = inputIds.narrow(1, inputIds.size(1) - 1, 1);
        if (_unprompted is null)
        {
            int room = limit - promptLength + 1;
            _unprompted = model.Begin(last, null, room, useCache);
        }
        else
        {
            _unprompted.Append(SearchContext.Host(last));
        }

        Tensor without = _unprompted.Forward().Logits.log_softmax(1);
        return ((scores.log_softmax(1) - without) * Scalars.Of(scale)).add(without, Scalars.One);
    }

    public void Dispose() => _unprompted?.Dispose();
}
