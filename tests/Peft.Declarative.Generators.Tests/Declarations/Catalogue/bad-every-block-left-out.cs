// expect: PEFT103 at [0, 1, 2, 3]
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Bottleneck(reduction: 4, LeaveOut = [0, 1, 2, 3])] [BaseConfig("configs/llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
