using Peft.Declarative.Layers;
using static TorchSharp.torch;
namespace Peft.Declarative.Generation;
internal sealed class Generator(CausalLanguageModel model)
{
    public Tensor Generate(Tensor ids, Tensor mask, GenerationOptions o)
    {
        using var ng = no_grad(); using var scope = NewDisposeScope();
        using var cache = new KeyValueCache(model.Config.LayerCount);
        Tensor all = ids; Tensor step = ids; Tensor pos = (mask.cumsum(1) - 1).clamp_min(0);
        for (int i = 0; i < o.MaxNewTokens!.Value; i++)
        {
            Tensor l = model.Logits(new ModelInput(step) { AttentionMask = mask, PositionIds = pos, Cache = cache, LastOnly = true });
            step = l.squeeze(1).argmax(-1, true); all = cat([all, step], 1); mask = cat([mask, ones_like(step)], 1); pos = pos.narrow(1, pos.size(1) - 1, 1) + 1;
        }
        return all.MoveToOuterDisposeScope();
    }
}
