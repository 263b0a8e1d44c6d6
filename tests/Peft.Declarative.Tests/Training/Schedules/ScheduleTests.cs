using System.Text.Json;
using Peft.Declarative.Training.Schedules;

namespace Peft.Declarative.Tests.Training.Schedules;

public sealed class ScheduleTests
{
    public static TheoryData<string> Cases => ScheduleData.CaseNames("schedules.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Factor_OfEveryStep_EqualsReference(string name)
    {
        JsonElement item = ScheduleData.Case("schedules.json", name);
        ILearningRateSchedule schedule = Make(item);

        double[] expected = [.. item.GetProperty("factors").EnumerateArray().Select(factor => factor.GetDouble())];
        for (int step = 0; step < expected.Length; step++)
        {
            Assert.True(Math.Abs(expected[step] - schedule.Factor(step)) <= 1e-9,
                $"step {step}: expected {expected[step]}, was {schedule.Factor(step)}");
        }
    }

    private static ILearningRateSchedule Make(JsonElement item)
    {
        JsonElement given = item.GetProperty("parameters");
        double peak = item.GetProperty("base_lr").GetDouble();
        long warmup = (long)given.Number("num_warmup_steps", 0);
        long total = (long)given.Number("num_training_steps", 0);

        return item.GetProperty("schedule").GetString() switch
        {
            "constant" or "constant_with_warmup" => new ConstantSchedule(warmup),
            "linear" => new LinearSchedule(warmup, total),
            "cosine" => new CosineSchedule(warmup, total, given.Number("num_cycles", 0.5)),
            "cosine_with_restarts" => new CosineWithRestartsSchedule(warmup, total, (int)given.Number("num_cycles", 1)),
            "polynomial" => new PolynomialSchedule(warmup, total, given.Number("lr_end", 1e-7) / peak, given.Number("power", 1.0)),
            "inverse_sqrt" => new InverseSquareRootSchedule(
                warmup, given.TryGetProperty("timescale", out JsonElement scale) ? scale.GetInt64() : null),
            "warmup_stable_decay" => new WarmupStableDecaySchedule(warmup, (long)given.Number("num_stable_steps", 0),
                (long)given.Number("num_decay_steps", 0), given.Number("min_lr_ratio", 0.0), given.Number("num_cycles", 0.5)),
            "cosine_with_min_lr" => new CosineWithMinimumSchedule(
                warmup, total, given.Number("min_lr_rate", given.Number("min_lr", 0.0) / peak), given.Number("num_cycles", 0.5)),
            string other => throw new NotSupportedException($"The reference has a schedule '{other}' that we do not."),
            null => throw new JsonException("A case has no schedule."),
        };
    }
}
