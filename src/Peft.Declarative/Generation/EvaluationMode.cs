namespace Peft.Declarative.Generation;

/// <summary>The evaluation mode of a model during a call, after which it is in its former mode again.</summary>
internal readonly struct EvaluationMode : IDisposable
{
    private readonly PretrainedModel _model;
    private readonly bool _training;

    private EvaluationMode(PretrainedModel model, bool training) => (_model, _training) = (model, training);

    /// <summary>Begins it.</summary>
    internal static EvaluationMode Of(PretrainedModel model)
    {
        bool training = model.training;
        if (training || !model.Adapters.ModeIsSettled)   // with hundreds of adapters there are many modules to tell
        {
            model.eval();
            model.Adapters.ModeIsSettled = !training;
        }

        return new EvaluationMode(model, training);
    }

    public void Dispose()
    {
        if (_training)
        {
            _model.train();
        }
    }
}
