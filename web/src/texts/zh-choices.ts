import type { SamplerName, Scheduler } from '../api/generated/graphql.ts';

const NEW_NOISE = '每步加入新噪声';
const LOW_CFG = '使用 CFG++ 引导，需要较低的 cfg';
const GPU = '图片与不带 _gpu 的同名采样器相同，噪声来源由“噪声来源”决定。';

const dpmppSde = 'SDE 版 DPM-Solver++：每步计算两次，步数少时细节丰富。';
const dpmpp2mSde = `SDE 版 DPM-Solver++(2M)：${NEW_NOISE}，纹理丰富。`;
const dpmpp2mSdeHeun = '带 Heun 校正的 SDE 版 DPM-Solver++(2M)：步数少时更锐利一些。';
const dpmpp3mSde = 'SDE 版 DPM-Solver++(3M)：三阶，需要 25 步以上。';

/** 每个采样器和调度器的一句说明，用来代替服务器的英文说明。 */
export const choices: Readonly<Record<SamplerName | Scheduler, string>> = {
  euler: '最基本的一阶方法：快，结果稳定。',
  euler_cfg_pp: `Euler，${LOW_CFG}（约 0.5 到 2）。`,
  euler_ancestral: `Euler，${NEW_NOISE}：变化多，步数增加也不会收敛。`,
  euler_ancestral_cfg_pp: `祖先 Euler，${LOW_CFG}。`,
  heun: '用试探步达到二阶：更准确，耗时两倍。',
  heunpp2: '向前看两步的 Heun：每步计算三次。',
  exp_heun_2_x0: '在对数信噪比上的指数 Heun：二阶，耗时两倍。',
  exp_heun_2_x0_sde: `SDE 版指数 Heun：${NEW_NOISE}，耗时两倍。`,
  dpm_2: 'DPM-Solver-2：中点法二阶，耗时两倍。',
  dpm_2_ancestral: `DPM-Solver-2，${NEW_NOISE}，耗时两倍。`,
  lms: '四阶线性多步法：由前几步外推。',
  dpm_fast: 'DPM-Solver-fast：三阶；步数指计算次数。',
  dpm_adaptive: '自行选择步长的 DPM-Solver；步数只决定噪声的起点和终点。',
  dpmpp_2s_ancestral: `DPM-Solver++(2S)，${NEW_NOISE}，耗时两倍。`,
  dpmpp_2s_ancestral_cfg_pp: `DPM-Solver++(2S)，${LOW_CFG}，${NEW_NOISE}，耗时两倍。`,
  dpmpp_sde: dpmppSde,
  dpmpp_sde_gpu: dpmppSde + GPU,
  dpmpp_2m: 'DPM-Solver++(2M)：二阶，每步只计算一次；好用的默认选择。',
  dpmpp_2m_cfg_pp: `DPM-Solver++(2M)，${LOW_CFG}。`,
  dpmpp_2m_sde: dpmpp2mSde,
  dpmpp_2m_sde_gpu: dpmpp2mSde + GPU,
  dpmpp_2m_sde_heun: dpmpp2mSdeHeun,
  dpmpp_2m_sde_heun_gpu: dpmpp2mSdeHeun + GPU,
  dpmpp_3m_sde: dpmpp3mSde,
  dpmpp_3m_sde_gpu: dpmpp3mSde + GPU,
  ddpm: '最早的祖先采样器：需要很多步。',
  lcm: '用于潜在一致性模型（LCM）：4 到 8 步，cfg 1 到 2。',
  ipndm: '四阶伪线性多步法，采用等步长的权重。',
  ipndm_v: '伪线性多步法，权重适应不等的步长。',
  deis: 'DEIS：三阶指数多步法，适合 10 到 20 步。',
  res_multistep: 'RES：利用上一次预测的二阶方法，适合较少的步数。',
  res_multistep_cfg_pp: `RES，${LOW_CFG}。`,
  res_multistep_ancestral: `RES，${NEW_NOISE}。`,
  res_multistep_ancestral_cfg_pp: `RES，${LOW_CFG}，${NEW_NOISE}。`,
  gradient_estimation: '跟随斜率变化的 Euler：步数少时更锐利。',
  gradient_estimation_cfg_pp: `梯度估计，${LOW_CFG}。`,
  er_sde: 'ER-SDE：三阶，自行决定加入多少新噪声，适合 10 到 20 步。',
  seeds_2: `SDE 的二阶 SEEDS：${NEW_NOISE}，耗时两倍。`,
  seeds_3: `SDE 的三阶 SEEDS：${NEW_NOISE}，耗时三倍。`,
  sa_solver: '随机 Adams：先预测再校正，在中间阶段加入新噪声。',
  sa_solver_pece: '对校正后的点再计算一次的随机 Adams：耗时两倍。',
  ddim: 'DDIM：在这里与 Euler 相同，只有蒙版区域的噪声不同。',
  uni_pc: '三阶 UniPC：预测加校正，每步只计算一次。',
  uni_pc_bh2: 'UniPC 的第二种形式，步数少时更好。',
  normal: '按模型的时间均匀分步；通常的选择。',
  karras: 'Karras 等人 2022（ρ = 7）：噪声少的地方步子更小。',
  exponential: '按噪声强度的对数均匀分步。',
  sgm_uniform: '按模型的时间均匀分步，到最后一刻之前为止。',
  simple: '在训练用的噪声表中每隔 n 个取一个。',
  ddim_uniform: '在训练用的时间步中每隔 n 个取一个，与 DDIM 相同。',
  beta: '时间步取自 Beta(0.6, 0.6) 分布：两端步子更小。',
  linear_quadratic: '先是均匀的小步，然后越来越大：为 Mochi 设计，适合流匹配模型。',
  kl_optimal: '按噪声强度的反正切均匀分步（Sabour 等人 2024）：适合较少的步数。',
  align_your_steps: '为 SD 1.5 和 SDXL 的十步优化的噪声强度（Sabour 等人 2024）；不适用于其他模型。',
};
