using System.Diagnostics;
using Peft.Declarative.Training.Parallel;

namespace Peft.Declarative.Tests.Training.Parallel;

/// <summary>A process of a run whose second process is lost at the third step.</summary>
internal static class RankVictim
{
    internal static int Run(string end)
    {
        ProcessGroup group = ProcessGroup.FromMpi()!;
        using var model = new TinyTrainable();
        int passes = 0;
        model.Spoil = loss =>
        {
            if (group.Rank == 1 && ++passes == 3)
            {
                if (end == "killed")
                {
                    Process.GetCurrentProcess().Kill();
                }

                throw new InvalidOperationException("out of luck");
            }

            return loss;
        };
        try
        {
            TrainingLoop.Train(model, new TrainingPlan { Epochs = 100, ProcessGroup = group }, TrainingData.FromRows(TrainingLoop.Rows(40)));
            return 0;
        }
        catch (InvalidOperationException) when (end == "silent")
        {
            return 0;
        }
    }
}
