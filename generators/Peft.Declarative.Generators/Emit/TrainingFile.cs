using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the file with the training loop. The loop does not contain what is turned off.</summary>
internal sealed class TrainingFile
{
    private readonly ModelPlan _plan;
    private readonly ModelDeclaration _declaration;
    private readonly TrainingSpec _training;
    private readonly TypeNames _types;

    private TrainingFile(ModelPlan plan)
    {
        _plan = plan;
        _declaration = plan.Declaration;
        _training = _declaration.Training;
        _types = new TypeNames(_declaration.Type);
    }

    /// <summary>Writes the file; <see langword="null"/> for a class that cannot be trained by itself, such as a block.</summary>
    internal static string? Write(ModelPlan plan)
    {
        ModelShape shape = plan.Declaration.Shape;
        if (!shape.CanTrain || shape.ConstructorOnly || shape.UserMembers.Contains("Train")) return null;

        var file = new TrainingFile(plan);
        string interfaces = shape.IsPretrained ? "" : file._types["ITrainable"];
        return FileFrame.Write(plan.Declaration.Type, file._types, [file.Header()], interfaces, file.Members);
    }

    private bool IsOwn => !_declaration.Shape.IsPretrained;

    private string Header() => _training.Written.Length > 0
        ? $"{_training.Written} on {_declaration.Name}"
        : $"no [Training] on {_declaration.Name}: its defaults hold";

    private void Members(CodeWriter code)
    {
        if (!_declaration.Shape.UserMembers.Contains("Plan")) WritePlan(code);
        WriteTrain(code);
        if (!_declaration.Shape.UserMembers.Contains("Evaluate")) WriteEvaluate(code);
        if (IsOwn) new TrainableWriter(_plan, _types).Write(code);
    }

    private void WritePlan(CodeWriter code)
    {
        code.Line("/// <summary>The plan of the loop below. To change it, change the attribute.</summary>");
        string declared = $"public static {_types["TrainingPlan"]} Plan {{ get; }} = new()";
        // The default is the longest row for which the base has positions.
        string? length = _declaration.MaxLengthPlace is null && _plan.LongestText is > 1 and < TrainingNumbers.MaxLength and var longest ? $"MaxLength = {longest},   // as many as the base has positions for" : null;
        List<AdapterSpec> rates = _declaration.Adapters.Where(adapter => adapter.Identity.LearningRate.Length > 0).ToList();
        if ((_training.Settings.Count == 0 && length is null && rates.Count == 0) || _plan.Failure is not null)
        {
            code.Line(declared + ";");
            return;
        }

        using (code.Open(declared, "};"))
        {
            if (length is not null) code.Line(length);
            foreach (TrainingSetting setting in _training.Settings)
            {
                string type = setting.EnumType.Length > 0 ? _types[setting.EnumType] + "." : "";
                code.Line($"{setting.Property} = {type}{setting.Value},");
            }

            if (rates.Count == 0) return;
            using (code.Open($"LearningRates = new {_types["RateByAdapter"]}", "},"))
            {
                foreach (AdapterSpec adapter in rates) code.Line($"[{Literal.Of(adapter.Name)}] = {adapter.Identity.LearningRate},");
            }
        }
    }

    private void WriteTrain(CodeWriter code)
    {
        code.Blank();
        code.Line("/// <summary>Trains the active adapters. The base does not change.</summary>");
        code.Line("/// <param name=\"data\">The training rows, and optionally evaluation rows for selecting the best adapter.</param>");
        code.Line("/// <param name=\"progress\">Receives a report after each step on the CPU, and after every tenth on a GPU.</param>");
        code.Line("/// <param name=\"cancellation\">Ends the run after the current step and keeps what was learned.</param>");
        string parameters = $"{_types["TrainingData"]} data, {_types["Progress"]}? progress = null, {_types["CancellationToken"]} cancellation = default";
        using (code.Open($"public {_types["TrainingResult"]} Train({parameters})")) WriteBody(code);
    }

    private void WriteBody(CodeWriter code)
    {
        if (_plan.Failure is { } failure)
        {
            code.Line(failure.Throw(_types) + ";");
            return;
        }

        if (IsOwn) code.Line("AttachAdapters();   // unless the constructor has");
        if (_training.Precision == Precision.BFloat16)
            code.Line($"Use({_types["Precision"]}.BFloat16);   // halves the memory of the frozen base; adapters stay float32");
        if (_training.Checkpointing == Checkpointing.Full) code.Line("GradientCheckpointing = true;   // keeps one activation per block and recomputes the others");
        if (_training.Checkpointing == Checkpointing.Selective)
            code.Line($"Checkpointing = {_types["Checkpointing"]}.Selective;   // recomputes what is cheap, keeps the results of products");
        foreach (AdapterPlan adapter in _plan.Adapters) adapter.Spec.Kind.WriteBeforeRun(code, adapter, _types);
        code.Line($"using {_types["TrainingRun"]} run = {_types["TrainingRun"]}.Start(this, Plan, data, progress);");
        foreach (AdapterPlan adapter in _plan.Adapters) adapter.Spec.Kind.WriteBeforeLoop(code, adapter, _types);
        code.Blank();
        using (code.Open($"foreach ({_types["Batch"]} batch in run.Batches(cancellation))"))
        {
            code.Line($"using {_types["DisposeScope"]} step = {_types["Torch"]}.NewDisposeScope();   // frees every tensor of this step");
            code.Blank();
            WriteGradients(code);
            if (_training.Accumulate > 1) code.Blank();
            foreach (AdapterPlan adapter in _plan.Adapters) adapter.Spec.Kind.WriteAfterBackward(code, adapter, _types);
            code.Blank();
            if (_training.MaxGradientNorm > 0) code.Line($"run.ClipGradients(maxNorm: {Literal.Of(_training.MaxGradientNorm)});");
            code.Line($"run.Step();   // {_training.Optimizer} at this step's learning rate");
            foreach (AdapterPlan adapter in _plan.Adapters) adapter.Spec.Kind.WriteAfterStep(code, adapter, _types);
            code.Line("run.Report();");
            code.Blank();
            code.Line("if (run.EvaluationDue) run.Evaluate();   // keeps the best adapter");
        }

        code.Blank();
        code.Line("return run.Finish();");
    }

    private void WriteGradients(CodeWriter code)
    {
        if (_training.Accumulate <= 1)
        {
            code.Line($"{_types["Tensor"]} loss = SumLoss(batch.Whole) / batch.LabelCount;   // mean over the labels");
            code.Line("run.Backward(loss);");
            return;
        }

        using (code.Open($"foreach ({_types["MicroBatch"]} micro in batch.Split({Literal.Of(_training.Accumulate)}))"))
        {
            code.Line($"{_types["Tensor"]} loss = SumLoss(micro) / batch.LabelCount;   // mean over the labels of the whole batch, not of each part");
            code.Line("run.Backward(loss);");
        }
    }

    private void WriteEvaluate(CodeWriter code)
    {
        code.Blank();
        code.Line("/// <summary>Computes the mean loss over the labels of the evaluation rows, or of all rows if there are none; null after cancellation.</summary>");
        using (code.Open($"public double? Evaluate({_types["TrainingData"]} data, {_types["CancellationToken"]} cancellation = default)"))
        {
            if (_plan.Failure is { } failure)
            {
                code.Line(failure.Throw(_types) + ";");
                return;
            }

            if (IsOwn) code.Line("AttachAdapters();");
            code.Line("var rows = data.EvaluationRows.Count > 0 ? data.EvaluationRows : data.Rows;");
            code.Line($"return {_types["Evaluation"]}.MeanLoss(this, rows, Plan.BatchSize, Plan.MaxLength, cancellation: cancellation);");
        }
    }
}
